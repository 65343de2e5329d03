// Runs before the first paint, blocking and without imports: sets the chosen theme, refuses to start inside a frame, and
// starts once more where the page lacks one of its files.
// What it leaves: the theme itself is CSS (src/app.css), choosing one is the settings page.
;(function () {
  var root = document.documentElement
  // A page in a frame can be dressed up by its host (clickjacking). A meta policy cannot forbid that, so the page stays empty.
  if (window.self !== window.top) {
    root.dataset.framed = ''
    root.hidden = true
    stop()
    throw new Error('Besedka does not run inside a frame')
  }
  // CSS alone would need the whole set of high-contrast tokens twice.
  var more = matchMedia('(prefers-contrast: more)')
  function follow() {
    root.toggleAttribute('data-more', more.matches)
  }
  follow()
  more.addEventListener('change', follow)
  try {
    var theme = localStorage.getItem('besedka:theme')
    if (theme === 'light' || theme === 'dark' || theme === 'contrast') root.dataset.theme = theme
  } catch {
    // Storage is refused: the theme of the system stands.
  }
  // The site was updated between the page and its files: those of the page are gone, those of a new page are there. Half a
  // release may lack a different file each time, so it is tried once more and not again before a page missed nothing.
  var hasMissed = false
  function missed(event) {
    var file = event.target.href || event.target.src || ''
    if (hasMissed || !/\/_app\/immutable\//.test(file)) return
    hasMissed = true
    try {
      if (sessionStorage.getItem('besedka:missed') !== null) return
      sessionStorage.setItem('besedka:missed', file)
      location.reload()
    } catch {
      // Storage is refused: nothing would keep this from going on for ever.
    }
  }
  addEventListener('error', missed, true)
  addEventListener('load', function () {
    removeEventListener('error', missed, true)
    try {
      if (!hasMissed) sessionStorage.removeItem('besedka:missed')
    } catch {
      // Storage is refused: there is nothing to forget.
    }
  })
})()
