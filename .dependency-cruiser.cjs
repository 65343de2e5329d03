// Cycles, and the law of layers.js once more on resolved files: what a specifier's spelling could hide from the linter is seen here.

/** @param {string} text @returns {string} */
const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** @returns {Promise<import('dependency-cruiser').IConfiguration>} */
module.exports = (async () => {
  const { layers, compositionRoot } = await import('./layers.js')
  /** @param {string} to a layer, a path inside one, or a file of src/lib */
  const place = (to) => {
    const layer = layers[to]
    return layer ? `^${escaped(layer.folder)}/` : `^src/lib/${escaped(to)}${to.endsWith('/') ? '' : '$'}`
  }
  const law = Object.entries(layers).map(([name, layer]) => ({
    name: `law-${name}`,
    severity: 'error',
    comment: `What ${name} may import stands in layers.js`,
    from: { path: `^${escaped(layer.folder)}/`, pathNot: '\\.test\\.ts$' },
    to: { path: '^(src|tools|tests)/', pathNot: [place(name), ...layer.imports.map(place), '\\.css$'] },
  }))
  return {
    forbidden: [
      { name: 'no-cycle', severity: 'error', from: {}, to: { circular: true } },
      {
        name: 'no-way-back-to-the-root',
        severity: 'error',
        comment: 'Only routes reach the composition root',
        from: { path: '^src/', pathNot: ['^src/routes/', '\\.test\\.ts$'] },
        to: { path: `^${escaped(compositionRoot)}$` },
      },
      {
        name: 'no-unresolvable',
        severity: 'error',
        from: {},
        to: { couldNotResolve: true, pathNot: '^(\\$|\\./\\$types)' },
      },
      ...law,
    ],
    options: {
      doNotFollow: { path: 'node_modules' },
      exclude: { path: '^(\\.svelte-kit|build)/' },
      tsPreCompilationDeps: true,
      tsConfig: { fileName: 'tsconfig.json' },
      enhancedResolveOptions: {
        extensions: ['.ts', '.svelte', '.mjs', '.js', '.json'],
        exportsFields: ['exports'],
        conditionNames: ['svelte', 'browser', 'import', 'types', 'default'],
      },
    },
  }
})()
