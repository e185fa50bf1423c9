/** One choice of a few, side by side. */
export function Segmented<T extends string>(props: {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  onChange: (value: T) => void;
}) {
  return (
    <div role="radiogroup" aria-label={props.label} class="flex rounded-control border border-line bg-sunk p-0.5">
      {props.options.map(([value, text]) => (
        <button
          key={value}
          type="button"
          role="radio"
          aria-checked={value === props.value}
          tabIndex={value === props.value ? 0 : -1}
          class={`h-6 rounded-small px-2.5 text-caption font-medium max-lg:h-9 ${
            value === props.value ? 'bg-panel text-ink shadow-card ring-1 ring-edge' : 'text-ink2 hover:text-ink'
          }`}
          onClick={() => props.onChange(value)}
          onKeyDown={(event) => {
            const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0;
            if (step === 0) return;
            event.preventDefault();
            const { options } = props;
            const at = options.findIndex(([it]) => it === props.value);
            const next = options[(at + step + options.length) % options.length];
            if (next) props.onChange(next[0]);
            const siblings = event.currentTarget.parentElement?.children;
            (siblings?.[(at + step + options.length) % options.length] as HTMLElement | undefined)?.focus();
          }}
        >
          {text}
        </button>
      ))}
    </div>
  );
}
