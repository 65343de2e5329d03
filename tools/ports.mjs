// Free ports on loopback: a second server on a taken port often only logs an error and runs on without it.
import { createServer } from 'node:net'

/** @param {string} host @param {number} port 0 for any @returns {Promise<number | null>} the port, null when it is taken */
function tryPort(host, port) {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => resolve(null))
    probe.listen({ host, port, exclusive: true }, () => {
      const address = probe.address()
      const found = typeof address === 'object' && address ? address.port : null
      probe.close(() => resolve(found))
    })
  })
}

/** Whether this machine has ::1, which browsers may try first for "localhost". */
export async function hasIpv6() {
  return (await tryPort('::1', 0)) !== null
}

/**
 * Whether nobody listens on the port, on either loopback address.
 * @param {number} port
 */
export async function isFree(port) {
  if ((await tryPort('127.0.0.1', port)) === null) return false
  return !(await hasIpv6()) || (await tryPort('::1', port)) !== null
}

/**
 * The first free port: the wanted one, then the following ones; without a wish any.
 * @param {number} [wanted]
 * @returns {Promise<number>}
 */
export async function freePort(wanted) {
  for (let step = 0; step < 50; step++) {
    const port = wanted === undefined ? await tryPort('127.0.0.1', 0) : wanted + step
    if (port !== null && (await isFree(port))) return port
  }
  throw new Error(`no free port on 127.0.0.1${wanted === undefined ? '' : ` from ${wanted} on`}`)
}

/**
 * The port a person asked for, or the usual one; the next free one where it is taken, which is said: what a browser keeps
 * belongs to an address with its port.
 * @param {string | undefined} asked
 * @param {number} usual
 * @throws {Error} when that is no port
 */
export async function choosePort(asked, usual) {
  const wanted = asked === undefined ? usual : Number(asked)
  if (!Number.isInteger(wanted) || wanted < 1 || wanted > 65_535)
    throw new Error(`--port takes a number from 1 to 65535, not "${asked}"`)
  const port = await freePort(wanted)
  if (port !== wanted) console.log(`Port ${wanted} is taken; ${port} is used.`)
  return port
}
