/**
 * The chosen theme and the operator's tokens on the page. static/boot-theme.js reads the same key before the first paint;
 * the colours themselves are in src/app.css.
 */
export type ThemeChoice = 'system' | 'light' | 'dark' | 'contrast'

const key = 'besedka:theme'

export function readTheme(): ThemeChoice {
  const { theme } = document.documentElement.dataset
  return theme === 'light' || theme === 'dark' || theme === 'contrast' ? theme : 'system'
}

/** Shows a theme now and at each later start; `system` follows the device. */
export function applyTheme(choice: ThemeChoice): void {
  if (choice === 'system') delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = choice
  try {
    if (choice === 'system') localStorage.removeItem(key)
    else localStorage.setItem(key, choice)
  } catch {
    // Storage is refused: the choice holds for this page, which is all that can be done.
  }
}

/** fn runs when another tab chose a theme, after it was taken over here. */
export function onTheme(fn: (choice: ThemeChoice) => void): () => void {
  const listener = (event: StorageEvent) => {
    if (event.key !== key) return
    const choice = event.newValue
    if (choice === 'light' || choice === 'dark' || choice === 'contrast')
      document.documentElement.dataset.theme = choice
    else delete document.documentElement.dataset.theme
    fn(readTheme())
  }
  addEventListener('storage', listener)
  return () => removeEventListener('storage', listener)
}

/** Sets CSS custom properties for all themes (model/config.ts has checked names and values). */
export function applyTokens(tokens: Readonly<Record<string, string>>): void {
  for (const [name, value] of Object.entries(tokens)) document.documentElement.style.setProperty(name, value)
}
