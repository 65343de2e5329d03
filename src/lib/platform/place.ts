/** Where this deployment lives. Two of them may share an origin, so locks, channels, caches and databases carry its path. */

/** Path of the folder the page lies in, with both slashes: "/" or "/chat/". */
export function basePath(): string {
  return new URL('./', location.href).pathname
}

/** `besedka:<base path>`: beginning of every name that is shared on this origin. */
export function namePrefix(): string {
  return `besedka:${basePath()}`
}
