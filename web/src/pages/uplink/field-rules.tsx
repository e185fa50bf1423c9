/** What is done with each part of what leaves: the private ones by name, any other by its path. */
import { Trash2 } from 'lucide';
import { useState } from 'preact/hooks';
import { Button, IconButton } from '../../components/button';
import { SelectBox, TextBox } from '../../components/text-field';
import { aria } from '../settings/controls';
import { type At, Marked } from '../settings/form';
import { PARTS, type Rule, type Rules } from './words';

const WORDS: readonly (readonly [Rule, string])[] = [
  ['send', 'Send'],
  ['mask', 'Mask'],
  ['hash', 'Digest'],
  ['withhold', 'Keep at home'],
];

export function FieldRules(at: At) {
  const { form, path } = at;
  const [typed, type] = useState('');
  const chosen = (at.value ?? {}) as Rules;
  const others = Object.keys(chosen).filter((it) => !PARTS.some((part) => part.path === it));
  const put = (key: string, rule: Rule | undefined) => {
    const { [key]: _, ...rest } = chosen;
    const next = rule ? { ...rest, [key]: rule } : rest;
    form.set(path, Object.keys(next).length > 0 ? next : undefined);
    form.left(path);
  };
  const add = () => {
    const key = typed.trim();
    if (key === '') return;
    put(key, 'withhold');
    type('');
  };
  return (
    <div>
      <ul class="divide-y divide-line border-y border-line">
        {[...PARTS, ...others.map((it) => ({ path: it, title: '', rule: 'send' as const, isText: true, isNeeded: false }))].map((part) => {
          const problem = form.problem(`fields.${part.path}`);
          const initial = part.rule === 'wallets' ? 'Shorten wallets' : WORDS.find(([it]) => it === part.rule)![1];
          return (
            <li key={part.path} class="py-2">
              <div class="flex items-center gap-3">
                <label for={`rule-${part.path}`} class="min-w-0 flex-1 text-control">
                  {part.title}
                  <span class="block font-mono text-caption wrap-anywhere text-ink3">{part.path}</span>
                </label>
                <span class="w-40 shrink-0">
                  <SelectBox
                    id={`rule-${part.path}`}
                    aria-invalid={problem ? true : undefined}
                    aria-describedby={problem ? `rule-${part.path}-wrong` : undefined}
                    value={chosen[part.path] ?? ''}
                    onInput={(rule) => put(part.path, (rule || undefined) as Rule | undefined)}
                  >
                    {part.title && <option value="">{initial}</option>}
                    {WORDS.filter(([it]) => it !== part.rule || !part.title || chosen[part.path] === it)
                      .filter(([it]) => part.isText || it === 'send' || it === 'withhold')
                      .filter(([it]) => !part.isNeeded || it !== 'withhold')
                      .map(([it, word]) => (
                        <option key={it} value={it}>
                          {word}
                        </option>
                      ))}
                  </SelectBox>
                </span>
                {!part.title && <IconButton name={Trash2} label={`Remove the rule for ${part.path}`} onClick={() => put(part.path, undefined)} />}
              </div>
              {problem && (
                <p id={`rule-${part.path}-wrong`} class="mt-1 text-caption text-bad">
                  <Marked text={problem} />
                </p>
              )}
            </li>
          );
        })}
      </ul>
      <div class="mt-2 flex gap-2">
        <TextBox {...aria(at)} aria-label="Path of another part" mono value={typed} placeholder="snapshot.identity.model" onInput={type} onEnter={add} />
        <Button icon="plus" disabled={typed.trim() === ''} onClick={add}>
          Add
        </Button>
      </div>
    </div>
  );
}
