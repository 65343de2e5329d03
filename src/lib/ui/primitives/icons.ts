/** Our own icons as paths on a 24 by 24 grid, strokes of 1.75; Icon.svelte paints them. Only those imported end up in a bundle. */

export const iconBack = 'M15 5l-7 7 7 7'
export const iconForward = 'M9 5l7 7-7 7'
export const iconClose = 'M6 6l12 12M18 6L6 18'
export const iconMore = 'M12 5.5v.01M12 12v.01M12 18.5v.01'
export const iconSearch = 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L20 20'
export const iconWrite =
  'M12 5H6.5A2.5 2.5 0 0 0 4 7.5v10A2.5 2.5 0 0 0 6.5 20h10a2.5 2.5 0 0 0 2.5-2.5V12M17.5 3.6a1.98 1.98 0 0 1 2.8 2.8L13 13.7l-3.5.8.8-3.5z'
export const iconEye =
  'M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z'
export const iconEyeOff =
  'M10 5.7a9 9 0 0 1 2-.2c6 0 9.5 6.5 9.5 6.5a16 16 0 0 1-2.7 3.4M6.3 7.2A15.5 15.5 0 0 0 2.5 12S6 18.5 12 18.5a9 9 0 0 0 4-1M9.9 9.9a3 3 0 0 0 4.2 4.2M4 4l16 16'
export const iconSettings =
  'M4 7h9M17 7h3M4 17h3M11 17h9M15 9.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM9 19.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5z'
export const iconPersonAdd =
  'M10 11.5a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM2.5 20.5c.6-3.8 3.6-6 7.5-6 1.5 0 2.9.3 4.1 1M18.5 14.5v6M15.5 17.5h6'
export const iconPencil = 'M4 20l1-4.5L16.5 4a2.1 2.1 0 0 1 3 0l.5.5a2.1 2.1 0 0 1 0 3L8.5 19zM14.5 6l3.5 3.5'
export const iconTrash =
  'M4.5 6.5h15M9.5 6.5v-2h5v2M6.5 6.5l.8 12.5a1.5 1.5 0 0 0 1.5 1.5h6.4a1.5 1.5 0 0 0 1.5-1.5l.8-12.5M10 10.5v6M14 10.5v6'
export const iconCopy =
  'M9 11a2 2 0 0 1 2-2h7a2 2 0 0 1 2 2v7a2 2 0 0 1-2 2h-7a2 2 0 0 1-2-2zM5.5 15A1.5 1.5 0 0 1 4 13.5V6a2 2 0 0 1 2-2h7.5A1.5 1.5 0 0 1 15 5.5'
export const iconSignOut = 'M10 4.5H6.5A2 2 0 0 0 4.5 6.5v11a2 2 0 0 0 2 2H10M15.5 8l4 4-4 4M19 12h-9.5'
export const iconKeyboard =
  'M4.5 6h15A1.5 1.5 0 0 1 21 7.5v9a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 16.5v-9A1.5 1.5 0 0 1 4.5 6zM7 10v.01M10.3 10v.01M13.7 10v.01M17 10v.01M8.5 14h7'
export const iconWarning =
  'M12 9v4.5M12 16.8v.01M10.6 4.6L3.3 17.3A1.6 1.6 0 0 0 4.7 19.7h14.6a1.6 1.6 0 0 0 1.4-2.4L13.4 4.6a1.6 1.6 0 0 0-2.8 0z'
export const iconInfo = 'M12 20.5a8.5 8.5 0 1 0 0-17 8.5 8.5 0 0 0 0 17zM12 11v5M12 7.8v.01'
export const iconOffline =
  'M3.5 9a13 13 0 0 1 4-2.6M10.6 5.5A13 13 0 0 1 20.5 9M6.5 12.5a8.6 8.6 0 0 1 4-2.2M14.5 10.6a8.6 8.6 0 0 1 3 1.9M9.5 16a4.3 4.3 0 0 1 5 0M12 19.5v.01M4 4l16 16'
export const iconRefresh = 'M19.5 12a7.5 7.5 0 1 1-2.2-5.3L19.5 9M19.5 4.5V9H15'
export const iconDatabase =
  'M12 9.5c4.1 0 7.5-1.3 7.5-3s-3.4-3-7.5-3-7.5 1.3-7.5 3 3.4 3 7.5 3zM4.5 6.5v11c0 1.7 3.4 3 7.5 3s7.5-1.3 7.5-3v-11M4.5 12c0 1.7 3.4 3 7.5 3s7.5-1.3 7.5-3'
export const iconLock =
  'M7.5 10.5h9A2.5 2.5 0 0 1 19 13v5a2.5 2.5 0 0 1-2.5 2.5h-9A2.5 2.5 0 0 1 5 18v-5a2.5 2.5 0 0 1 2.5-2.5zM8 10.5V8a4 4 0 0 1 8 0v2.5'
export const iconSend = 'M4.5 12L3 4.5l18 7.5L3 19.5zM4.5 12H12'
export const iconDown = 'M6 9l6 6 6-6'
