/** Hands a file to the person, as a download of the browser. Only ever called from a gesture of theirs. */

/** `text` becomes a file of that name; nothing is sent anywhere. */
export function saveFile(name: string, text: string): void {
  const address = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
  // The browser has taken hold of the bytes when the click has been dealt with; a later task is late enough.
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

/** How the browser calls itself. */
export function browserName(): string {
  return navigator.userAgent
}
