/** Opaque ids that mean nothing outside this browser. */
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

/** 96 random bits as 16 characters safe in addresses, XML and database names. */
export function randomId(): string {
  let id = ''
  for (const byte of crypto.getRandomValues(new Uint8Array(16))) id += letters[byte & 63] ?? ''
  return id
}
