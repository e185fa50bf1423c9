/** Where the page is: a path and a query, over the History API. */
import { computed, signal } from '@preact/signals';
import { options } from 'preact';

export interface Place {
  readonly path: string;
  readonly query: URLSearchParams;
}

function here(): Place {
  return { path: decodeURI(location.pathname), query: new URLSearchParams(location.search) };
}

/** Below what the pages of one agent stand: nothing, or `/a/ID` where a cloud shows several. */
export const prefix = signal('');

/** The address of a page: `/pools` of the agent that is shown, `~/users` of the program. */
export function at(href: string): string {
  if (href.startsWith('~')) return href.slice(1);
  return href.startsWith('/') && !href.startsWith(`${prefix.value}/`) ? prefix.value + href : href;
}

/** Pages name their links as if they stood at the top. */
export function startPrefix(): void {
  const before = options.vnode;
  options.vnode = (vnode) => {
    const props = vnode.props as { href?: string };
    if (vnode.type === 'a' && props.href) props.href = at(props.href);
    before?.(vnode);
  };
}

export const place = signal<Place>(typeof location === 'undefined' ? { path: '/', query: new URLSearchParams() } : here());
export const path = computed(() => (place.value.path.startsWith(`${prefix.value}/`) ? place.value.path.slice(prefix.value.length) : place.value.path));

/** Asked before another path is gone to; a `false` stays. */
type Guard = (to: URL) => boolean;
let guard: Guard | undefined;

/** Lets `mayLeave` have a say when the path changes. Gives the function that ends it. */
export function guardLeaving(mayLeave: Guard): () => void {
  guard = mayLeave;
  return () => {
    if (guard === mayLeave) guard = undefined;
  };
}

/** Goes to an address of this site. */
export function go(href: string, options: { replace?: boolean } = {}): void {
  const url = new URL(at(href), location.href);
  const isOther = url.pathname !== location.pathname;
  if (isOther && guard && !guard(url)) return;
  history[options.replace ? 'replaceState' : 'pushState'](null, '', url);
  place.value = here();
  if (isOther) scrollTo(0, 0);
}

/** Changes parts of the query and keeps the rest; `undefined` takes one away. */
export function setQuery(changes: Record<string, string | undefined>, options: { replace?: boolean } = {}): void {
  go(withQuery(changes), options);
}

/** The address of this page with parts of its query changed. */
export function withQuery(changes: Record<string, string | undefined>): string {
  const query = new URLSearchParams(place.peek().query);
  for (const [key, value] of Object.entries(changes)) {
    if (value === undefined || value === '') query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  return `${location.pathname}${text && '?'}${text}`;
}

/** Follows the browser's back button, and takes clicks on links of this site. */
export function startRouting(): void {
  addEventListener('popstate', () => {
    place.value = here();
  });
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element).closest('a');
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin) return;
    if (link.pathname.startsWith('/api/') || (link.hash && link.pathname === location.pathname)) return;
    event.preventDefault();
    go(link.href);
  });
}
