// Runs before the first paint, blocking and without imports: sets the chosen theme and refuses to start inside a frame.
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
})()
