// `npm run dev`: Vite's dev server with a real Prosody behind it, on one origin. The policy of production is not sent
// here, because Vite needs more than it allows; the end-to-end tests enforce it. `-- --fresh`, `-- --port 5173`.
import { spawn } from 'node:child_process'
import { parseArgs } from 'node:util'
import { ensurePackages } from './apt.mjs'
import { choosePort } from './ports.mjs'
import { greet, onEnd, startDemo } from './start.mjs'

const { values } = parseArgs({ options: { fresh: { type: 'boolean' }, port: { type: 'string' } } })
await ensurePackages()
const port = await choosePort(values.port, 5173)
const prosody = await startDemo({ port, fresh: values.fresh ?? false })
// vite.config.ts passes these paths on when it finds this variable (tools/serve/dev-proxy.mjs).
const env = { ...process.env, ...(prosody && { BESEDKA_XMPP_PORT: String(prosody.httpPort) }) }
const vite = spawn(process.execPath, ['node_modules/vite/bin/vite.js', 'dev', '--port', String(port), '--strictPort'], {
  stdio: ['ignore', 'inherit', 'inherit'],
  env,
})
const ended = new Promise((resolve) => vite.once('exit', resolve))
onEnd(async () => {
  vite.kill()
  await ended
  await prosody?.stop()
})
greet(`http://localhost:${port}/`, prosody !== null)
ended.then(async (code) => {
  await prosody?.stop()
  process.exit(Number(code ?? 1))
})
