import { type ComponentType, h } from 'preact';
import { useEffect, useState } from 'preact/hooks';

/** A component whose code is loaded when it is first shown. A failed load is thrown into the boundary around it. */
export function lazy<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  let loaded: ComponentType<P> | undefined;
  return function Lazy(props: P) {
    const [failure, fail] = useState<{ error: unknown }>();
    const [, show] = useState(false);
    useEffect(() => {
      if (loaded) return;
      load().then(
        (it) => {
          loaded = it;
          show(true);
        },
        (error: unknown) => fail({ error }),
      );
    }, []);
    if (failure) throw failure.error;
    return loaded ? h(loaded as never, props as never) : null;
  };
}
