import { Component, type ComponentType, type VNode, h } from 'preact';

function isSame(a: object, b: object): boolean {
  const keys = Object.keys(a) as (keyof typeof a)[];
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}

/** A component that renders again only for properties that are other objects. */
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
