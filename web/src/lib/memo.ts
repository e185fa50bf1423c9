import { Component, type ComponentType, type VNode, h } from 'preact';

function isSame(a: object, b: object): boolean {
  const keys = Object.keys(a) as (keyof typeof a)[];
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key] || isSameList(a[key], b[key]));
}

function isSameList(a: unknown, b: unknown): boolean {
  return Array.isArray(a) && Array.isArray(b) && a.length === b.length && a.every((it, at) => it === b[at]);
}

/** A component that renders again only for properties that are other objects, or lists of others. */
export function memo<P extends object>(inner: (props: P) => VNode | null): ComponentType<P> {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: P): boolean {
      return !isSame(this.props, next);
    }
    override render() {
      return h(inner as never, this.props as never);
    }
  } as unknown as ComponentType<P>;
}
