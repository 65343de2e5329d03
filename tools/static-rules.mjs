// Makes the linter's rules for each layer from the table in layers.js, and holds the two rules of our own.
// Which rules apply to which files is said in eslint.config.js.
import { dirname, resolve, sep } from 'node:path'
import { guardedGlobals, layers, longest } from '../layers.js'

/** What every test may import besides. */
const testPackages = ['vitest', 'fake-indexeddb', 'fast-check', 'ws', 'node:', 'svelte']
const law = 'Law of imports: see layers.js.'

/** Syntax that no layer may use, whatever its rights. */
const bannedSyntax = [
  { selector: 'ExportAllDeclaration', message: 'No barrels: import from the file that has it.' },
  { selector: 'ExportNamedDeclaration[source]', message: 'No barrels: import from the file that has it.' },
  { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
  {
    selector:
      'Program > VariableDeclaration[kind="let"], Program > ExportNamedDeclaration > VariableDeclaration[kind="let"]',
    message: 'No state at module level: two accounts and tests share the module.',
  },
  {
    selector: 'ImportExpression:not([source.type="Literal"])',
    message: `import() takes a literal, so that the law can be checked. ${law}`,
  },
  {
    selector: 'MemberExpression[object.type="MetaProperty"][property.name=/^glob/]',
    message: `No import.meta.glob. ${law}`,
  },
  {
    selector: 'AssignmentExpression > MemberExpression.left[property.name=/^(innerHTML|outerHTML|srcdoc|cssText)$/]',
    message: 'Text nodes only: what peers send is never parsed as HTML or CSS.',
  },
  {
    selector:
      'CallExpression[callee.property.name=/^(insertAdjacentHTML|setHTMLUnsafe|parseHTMLUnsafe|createContextualFragment|execCommand)$/]',
    message: 'Text nodes only: what peers send is never parsed as HTML.',
  },
  {
    selector: 'CallExpression[callee.object.name="document"][callee.property.name=/^write/]',
    message: 'Text nodes only.',
  },
  {
    selector: 'SvelteAttribute[key.name="style"]',
    message: 'No style attribute: the policy forbids it. Use style: or a class.',
  },
]

const subtleSyntax = {
  selector:
    'MemberExpression[property.name="subtle"], VariableDeclarator[init.name="crypto"] Property[key.name="subtle"]',
  message: `crypto.subtle belongs to the vault and to signing in. ${law}`,
}

/** @param {string} text @returns {string} the text as it stands in a regular expression */
function escaped(text) {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
}

/**
 * Regular expressions of what a layer must not import.
 * @param {import('../layers.js').Layer} layer
 * @param {string} name
 * @param {string[]} [morePackages]
 * @returns {{ regex: string, message: string }[]}
 */
function forbiddenImports(layer, name, morePackages = []) {
  const borders = layer.imports.map((to) =>
    /[./]/.test(to) ? `${escaped(to)}${to.endsWith('/') ? '' : '$'}` : `${to}\\/`,
  )
  const packages = [...layer.packages, ...morePackages].map((one) =>
    one.endsWith(':') ? one : `${escaped(one)}(\\/|$)`,
  )
  const allow = (/** @type {string[]} */ list) => (list.length > 0 ? `(?!${list.join('|')})` : '')
  return [
    { regex: '^\\$lib', message: `Use a subpath such as #model/jid.ts, not $lib. ${law}` },
    { regex: `^#${allow(borders)}`, message: `${name} may not import this layer. ${law}` },
    { regex: `^${allow(packages)}[@a-zA-Z$](?!lib)`, message: `${name} may not import this package. ${law}` },
    { regex: '^(\\/|https?:)', message: `Imports are relative, #layer/file or a package. ${law}` },
  ]
}

/**
 * Rules of one layer.
 * @param {string} name a key of `layers`
 * @param {{ mayUseSubtle?: boolean, isTest?: boolean }} [how] tests may use every global and the packages of tests
 * @returns {import('eslint').Linter.RulesRecord}
 */
export function layerRules(name, { mayUseSubtle = false, isTest = false } = {}) {
  const layer = layers[name]
  if (!layer) throw new Error(`no layer ${name}`)
  const patterns = forbiddenImports(layer, name, isTest ? testPackages : [])
  // The selector language ends a regular expression at a slash, even an escaped one.
  const dynamic = patterns.map(({ regex, message }) => ({
    selector: `ImportExpression[source.value=/${regex.replaceAll('\\/', '\\u002F')}/]`,
    message,
  }))
  const subtle = mayUseSubtle || isTest || layer.globals.includes('subtle') ? [] : [subtleSyntax]
  const owned = Object.entries(guardedGlobals).flatMap(([word, names]) => (layer.globals.includes(word) ? [] : names))
  return {
    'no-restricted-imports': ['error', { patterns }],
    'no-restricted-syntax': ['error', ...bannedSyntax, ...subtle, ...dynamic],
    'no-restricted-globals': isTest
      ? 'off'
      : [
          'error',
          {
            checkGlobalObject: true,
            globals: owned.map((global) => ({ name: global, message: `Not for ${name}. ${law}` })),
          },
        ],
    'besedka/inside-layer': ['error', { folders: [layer.folder, ...(isTest ? ['tests', 'tools'] : [])] }],
    'max-lines': ['error', longest.file],
    'max-lines-per-function': isTest ? 'off' : ['error', longest.function],
  }
}

/**
 * Rules of the composition root: everything may be imported, the habits stay.
 * @returns {import('eslint').Linter.RulesRecord}
 */
export function rootRules() {
  return {
    'no-restricted-syntax': ['error', ...bannedSyntax],
    'max-lines': ['error', longest.file],
    'max-lines-per-function': ['error', longest.function],
  }
}

/** A relative import stays in its layer (a test may also reach tests/ and tools/): a border is crossed as `#layer/file`. */
const insideLayer = {
  meta: {
    type: 'problem',
    schema: [{ type: 'object' }],
    messages: { leaves: `A relative import leaves its layer. ${law}` },
  },
  /** @param {any} context */
  create(context) {
    /** @type {string[]} */
    const folders = context.options[0].folders.map((/** @type {string} */ folder) => resolve(context.cwd, folder))
    /** @param {any} node */
    const check = (node) => {
      const specifier = node.source?.value
      // The style sheet of the page lies beside the layers.
      if (typeof specifier !== 'string' || !specifier.startsWith('.') || specifier.endsWith('.css')) return
      const target = resolve(dirname(context.filename), specifier)
      if (!folders.some((folder) => target.startsWith(folder + sep))) context.report({ node, messageId: 'leaves' })
    }
    return {
      ImportDeclaration: check,
      ImportExpression: check,
      ExportNamedDeclaration: check,
      ExportAllDeclaration: check,
    }
  },
}

/** The linter's plugin `besedka`. */
export const ownRules = { rules: { 'inside-layer': insideLayer } }
