/** How wide the list may be, in CSS px. */
export const listWidths = { least: 280, most: 420, step: 16 } as const
