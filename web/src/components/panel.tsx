import { Component, type ComponentChildren } from 'preact';
import { messageOf } from '../lib/api';
import { Button } from './button';

/** Keeps a mistake in one part of the page from emptying the rest of it. */
export class ErrorBoundary extends Component<{ what: string; children: ComponentChildren }, { error?: unknown }> {
  override state: { error?: unknown } = {};

  static override getDerivedStateFromError(error: unknown) {
    return { error };
  }

  override componentDidCatch(error: unknown) {
    console.error(error);
  }

  override render() {
    if (!('error' in this.state) || this.state.error === undefined) return this.props.children;
    return (
      <div role="alert" class="flex flex-wrap items-center gap-3 p-4 text-control text-ink2">
        <span class="min-w-0 flex-1 basis-56">
          {this.props.what} cannot be shown: {messageOf(this.state.error)}
        </span>
        <Button size="small" onClick={() => this.setState({ error: undefined })}>
          Try again
        </Button>
      </div>
    );
  }
}

/** A card of the page, with a boundary of its own. `title` names it; `hideTitle` keeps that for screen readers. */
export function Panel(props: {
  title: string;
  hideTitle?: boolean;
  note?: ComponentChildren;
  actions?: ComponentChildren;
  class?: string;
  /** Whether children bleed to the edges at the bottom corners. */
  clip?: boolean;
  children: ComponentChildren;
}) {
  return (
    <section
      aria-label={props.title}
      class={`min-w-0 rounded-card border border-line bg-panel shadow-card ${props.clip === false ? '' : 'overflow-clip'} ${props.class ?? ''}`}
    >
      {!props.hideTitle && (
        <header class="flex min-h-12 items-center gap-2 border-b border-line py-2 pr-3 pl-4">
          <h2 class="text-body">{props.title}</h2>
          <div class="min-w-0 flex-1 truncate text-caption text-ink3">{props.note}</div>
          {props.actions}
        </header>
      )}
      <ErrorBoundary what={props.title}>{props.children}</ErrorBoundary>
    </section>
  );
}
