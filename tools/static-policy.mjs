// The Content-Security-Policy of the product, in one place: the build writes it into the page,
// a server sends it as a header (with frame-ancestors, which has no effect in a page).

const directives = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' blob: https:",
  "media-src 'self' blob: https:",
  "font-src 'self'",
  "connect-src 'self' https: wss:",
  "worker-src 'self'",
  "manifest-src 'self'",
  "frame-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "object-src 'none'",
  "require-trusted-types-for 'script'",
  'trusted-types svelte-trusted-html sveltekit-trusted-url besedka-worker',
]

/** The policy for a meta element; contains no double quote. */
export function metaPolicy() {
  return directives.join('; ')
}

/** The policy for a response header. */
export function headerPolicy() {
  return [...directives, "frame-ancestors 'none'"].join('; ')
}

/** All security headers a host should send with the shell: lower-case name to value. */
export function securityHeaders() {
  return {
    'content-security-policy': headerPolicy(),
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy':
      'accelerometer=(), camera=(self), display-capture=(self), geolocation=(), gyroscope=(), hid=(), magnetometer=(), microphone=(self), midi=(), payment=(), serial=(), usb=(), xr-spatial-tracking=()',
    'strict-transport-security': 'max-age=63072000',
  }
}
