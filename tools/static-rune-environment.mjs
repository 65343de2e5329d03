// A Vitest environment for files with runes: Node's globals, but Svelte compiles for the browser, so that effects run.

export default {
  name: 'runes',
  viteEnvironment: 'client',
  /** Nothing is added and nothing has to be taken away again. */
  setup() {
    return { teardown() {} }
  },
}
