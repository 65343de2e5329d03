// A Vite plugin: SvelteKit's root component hides its announcer of page titles by a style attribute, which the policy forbids.
// The same declarations go into a scoped style sheet. It stops the build when the component no longer looks as expected.

const attribute = /(<div id="svelte-announcer"[^>]*?) style="([^"]*)"/

/** @param {string} code of SvelteKit's generated root.svelte @returns {string} the same without a style attribute */
export function withoutStyleAttribute(code) {
  const declarations = attribute.exec(code)?.[2]
  if (declarations === undefined)
    throw new Error('the announcer of SvelteKit has changed: look at its style attribute again')
  const out = code.replace(attribute, '$1')
  if (/\sstyle=/.test(out) || out.includes('<style'))
    throw new Error('the root component of SvelteKit has styles of its own')
  return `${out}\n<style>\n\t#svelte-announcer {\n\t\t${declarations};\n\t}\n</style>\n`
}

/** @returns {import('vite').Plugin} to be placed before sveltekit() */
export function announcerWithoutStyle() {
  return {
    name: 'besedka-announcer',
    enforce: 'pre',
    transform: {
      order: 'pre',
      filter: { id: /generated\/root\.svelte$/ },
      handler(code) {
        return { code: withoutStyleAttribute(code), map: null }
      },
    },
  }
}
