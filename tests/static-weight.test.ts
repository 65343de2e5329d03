// The byte budgets are only as honest as this arithmetic.
import { expect, it } from 'vitest'
import { loadedWith, namedByPage } from '../tools/static-weight.mjs'

const manifest = {
  'app.js': { file: 'a/app.js', imports: ['_x.js'], dynamicImports: ['stanza.js', 'src/catalogues/bg.json'] },
  '_x.js': { file: 'a/x.js', css: ['a/x.css'], imports: ['app.js'] },
  'stanza.js': { file: 'a/stanza.js', imports: ['_y.js'] },
  '_y.js': { file: 'a/y.js', assets: ['a/y.png'] },
  'src/catalogues/bg.json': { file: 'a/bg.js' },
}

it('follows imports, with their stylesheets, but not import()', () => {
  expect([...loadedWith(manifest, ['app.js'], { lazy: false })]).toEqual(['a/app.js', 'a/x.js', 'a/x.css'])
})

it('follows import() for the whole chat, without what is left out', () => {
  const files = loadedWith(manifest, ['app.js'], { lazy: true, leaveOut: ['/catalogues/'] })
  expect([...files].sort()).toEqual(['a/app.js', 'a/stanza.js', 'a/x.css', 'a/x.js', 'a/y.js'])
})

it('refuses a manifest with holes', () => {
  expect(() => loadedWith({ a: { file: 'a.js', imports: ['b'] } }, ['a'], { lazy: false })).toThrow('no chunk b')
})

it('reads what the page names', () => {
  const html = `<script src="./boot-theme.js"></script><link href="./_app/a.js" rel="modulepreload">
    <link rel="stylesheet" href="./_app/a.css"><link rel="icon" href="./icon.svg">`
  expect(namedByPage(html)).toEqual(['boot-theme.js', '_app/a.js', '_app/a.css'])
})
