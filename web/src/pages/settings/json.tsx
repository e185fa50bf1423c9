/** The same draft as text. */
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { CircleAlert, Copy } from 'lucide';
import { Button } from '../../components/button';
import { Icon } from '../../components/icon';
import { Panel } from '../../components/panel';
import type { Config } from '../../lib/config';
import { isSame } from '../../lib/config-path';
import { copy } from '../../lib/copy';
import { toast } from '../../components/toast';
import { check, draft } from './draft';

const textOf = (config: Config) => JSON.stringify(config, null, 2);

export function Json() {
  const text = useSignal(textOf(draft.value));
  const wrong = useSignal('');
  // A change from elsewhere, such as Discard, is shown; the same draft in other words is not.
  useEffect(() => {
    const parsed = parse(text.peek());
    if (!('config' in parsed) || !isSame(parsed.config, draft.value)) text.value = textOf(draft.value);
  }, [draft.value]);
  const take = () => {
    const parsed = parse(text.peek());
    wrong.value = 'wrong' in parsed ? parsed.wrong : '';
    if (!('config' in parsed) || isSame(parsed.config, draft.peek())) return;
    draft.value = parsed.config;
    void check().catch(() => {});
  };
  return (
    <Panel
      title="Edit as JSON"
      note="the whole configuration"
      actions={
        <div class="flex gap-2">
          <Button size="small" icon={Copy} onClick={() => void copy(text.value).then((isDone) => toast(isDone ? 'Copied' : 'Select the text and copy it', { isBad: !isDone }))}>
            Copy
          </Button>
          <Button
            size="small"
            onClick={() => {
              const parsed = parse(text.peek());
              if ('config' in parsed) text.value = textOf(parsed.config);
              take();
            }}
          >
            Format
          </Button>
        </div>
      }
    >
      <div class="p-4">
        <label for="json" class="sr-only">
          Configuration as JSON
        </label>
        <textarea
          id="json"
          class={`block h-[calc(100dvh-17rem)] min-h-72 w-full resize-y rounded-control border bg-panel p-3 font-mono dark:bg-bg text-caption whitespace-pre ${wrong.value ? 'border-bad-fill' : 'border-edge'}`}
          value={text.value}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          aria-invalid={wrong.value ? true : undefined}
          aria-describedby={wrong.value ? 'json-wrong json-note' : 'json-note'}
          onInput={(event) => {
            text.value = event.currentTarget.value;
            if (wrong.value) take();
          }}
          onBlur={take}
        />
        {wrong.value && (
          <p id="json-wrong" role="alert" class="mt-2 flex items-start gap-1.5 text-caption text-bad">
            <Icon name={CircleAlert} size={14} class="mt-px" />
            {wrong.value}
          </p>
        )}
        <p id="json-note" class="mt-2 text-caption text-ink3">
          It is checked when you leave the field, and saved by Review and save. <code class="font-mono">********</code> stands for a secret and keeps it.
        </p>
      </div>
    </Panel>
  );
}

/** Where a text stops being JSON, by line and column, whatever the browser calls it. */
export function parse(text: string): { config: Config } | { wrong: string } {
  try {
    const config: unknown = JSON.parse(text);
    if (typeof config !== 'object' || config === null || Array.isArray(config)) return { wrong: 'It must be a JSON object: { … }' };
    return { config: config as Config };
  } catch (error) {
    const message = error instanceof Error ? error.message : '';
    const at = /position (\d+)/.exec(message)?.[1];
    if (at === undefined) return { wrong: `This is not JSON: ${message}` };
    const before = text.slice(0, Number(at)).split('\n');
    return { wrong: `This is not JSON: line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}. ${message.replace(/ in JSON.*/, '')}` };
  }
}
