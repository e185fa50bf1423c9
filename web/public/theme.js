// Before the first paint: the theme, and a plain sentence for browsers that cannot show the page. A classic script, so that old ones run it.
(function () {
  var theme = null;
  try {
    theme = JSON.parse(localStorage.getItem('gssa.theme'));
  } catch (error) {
    // Storage is off, or holds something else.
  }
  var dark = theme === 'dark' || (theme !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.classList.toggle('dark', dark);
  var fit = window.CSS && CSS.supports && CSS.supports('color', 'color-mix(in srgb,red,red)');
  if (!fit) {
    document.addEventListener('DOMContentLoaded', function () {
      document.getElementById('plain').hidden = false;
    });
  }
})();
