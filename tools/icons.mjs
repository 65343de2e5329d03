// Draws the PNG icons in static/icons from mark.svg and favicon.svg with a headless Chromium: node tools/icons.mjs
// Run it after changing a drawing, look at the result, commit it. The build itself never needs this.
import { readFileSync, writeFileSync } from 'node:fs'
import { chromium } from '@playwright/test'

const folder = new URL('../static/icons/', import.meta.url)
const rose = '#a8325b'
const paper = '#fff8f4'
const paths = drawing('mark.svg')

/** @param {string} file @returns {string} what is drawn, without the svg element and its colour */
function drawing(file) {
  const text = readFileSync(new URL(file, folder), 'utf8')
  return text.slice(text.indexOf('>') + 1, text.lastIndexOf('</svg>'))
}

/**
 * The mark in one colour on a ground.
 * @param {{ scale: number, corner: number, ground: string, colour: string }} look corner: radius of 64; ground 'none': transparent
 */
function tile({ scale, corner, ground, colour }) {
  const middle = `translate(32 32) scale(${scale}) translate(-32 -31.8)`
  return `<rect width="64" height="64" rx="${corner}" fill="${ground}"/><g fill="${colour}" transform="${middle}">${paths}</g>`
}

const app = tile({ scale: 0.76, corner: 14, ground: rose, colour: paper })
// Launchers cut to any shape inside a circle of 80 %; nothing of the mark may leave it.
const maskable = tile({ scale: 0.6, corner: 0, ground: rose, colour: paper })
const touch = tile({ scale: 0.72, corner: 0, ground: rose, colour: paper })
// Phones colour a badge themselves: only its shape counts.
const badge = tile({ scale: 1, corner: 0, ground: 'none', colour: '#fff' })

/** @type {[file: string, size: number, drawing: string][]} */
const icons = [
  ['icon-192.png', 192, app],
  ['icon-512.png', 512, app],
  ['maskable-512.png', 512, maskable],
  ['monochrome-512.png', 512, tile({ scale: 0.8, corner: 0, ground: 'none', colour: '#000' })],
  ['apple-touch-180.png', 180, touch],
  ['badge-96.png', 96, badge],
  ['favicon-32.png', 32, drawing('favicon.svg')],
]

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
try {
  const page = await browser.newPage({ deviceScaleFactor: 1 })
  for (const [file, size, inner] of icons) {
    await page.setViewportSize({ width: size, height: size })
    await page.setContent(
      `<body style="margin:0"><svg width="${size}" height="${size}" viewBox="0 0 64 64" style="display:block">${inner}</svg>`,
    )
    writeFileSync(new URL(file, folder), await page.screenshot({ omitBackground: true }))
  }
} finally {
  await browser.close()
}
