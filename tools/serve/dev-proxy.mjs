// What Vite's dev server must do so that the app finds its server as in production: pass WebSocket, uploads and host-meta
// through, and answer config.json. Does nothing when BESEDKA_XMPP_PORT is not set (a plain `vite dev`).

/** @returns {import('vite').Plugin} */
export function xmppBehindDev() {
  const port = process.env.BESEDKA_XMPP_PORT
  const target = `http://127.0.0.1:${port}`
  return {
    name: 'besedka-xmpp-behind-dev',
    apply: 'serve',
    config() {
      if (!port) return
      return {
        server: {
          proxy: {
            '/xmpp-websocket': { target, ws: true },
            '/file_share': { target },
            '/.well-known/host-meta': { target },
          },
        },
      }
    },
    configureServer(server) {
      if (!port) return
      server.middlewares.use((request, response, next) => {
        if (request.url?.split('?', 1)[0] !== '/config.json') return next()
        response.setHeader('content-type', 'application/json')
        response.end(JSON.stringify({ domain: 'localhost', endpoint: '/xmpp-websocket' }))
      })
    },
  }
}
