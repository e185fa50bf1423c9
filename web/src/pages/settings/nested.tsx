/** Values that hold others: groups, lists of groups, and values by name. */
import { Trash2 } from 'lucide';
import { useState } from 'preact/hooks';
import { Button, IconButton } from '../../components/button';
import { SelectBox, TextBox } from '../../components/text-field';
import { kindName } from '../../lib/config-diff';
import { NumberInput, Toggle, Tokens } from './controls';
import { type At, FieldRow, useField } from './form';

/** A group of numbers stands in a row, any other below each other. */
export function Group({ field, path }: At) {
  const fields = field.fields ?? [];
  const isNumbers = fields.every((it) => it.shape === 'number' || it.shape === 'integer');
  if (isNumbers) {
    return (
      <div class="grid grid-cols-2 gap-3">
        {fields.map((it) => (
          <Small key={it.key} path={[...path, it.key]} unit={field.unit} />
        ))}
      </div>
    );
  }
  return (
    <div class="grid gap-4 sm:grid-cols-2">
      {fields.map((it) => (
        // Two fields side by side say enough by their names.
        <FieldRow key={it.key} path={[...path, it.key]} {...(fields.length === 2 && { hint: '' })} />
      ))}
    </div>
  );
}

/** A number with a short label. */
export function Small({ path, unit }: { path: At['path']; unit?: string | undefined }) {
  const at = useField(path);
  if (!at) return null;
  return (
    <div data-field={at.id} class="min-w-0">
      <label for={at.id} class="mb-1 block text-caption text-ink3">
        {at.field.title}
      </label>
      <NumberInput {...at} field={unit && !at.field.unit ? { ...at.field, unit } : at.field} />
      {at.problem && (
        <p id={`${at.id}-wrong`} class="mt-1 text-caption text-bad">
          {at.problem}
        </p>
      )}
      <span id={at.noteId} class="sr-only">
        {at.field.description}
      </span>
    </div>
  );
}

export function List(at: At) {
  const { form, field, path } = at;
  const values = Array.isArray(at.value) ? (at.value as unknown[]) : [];
  const put = (next: unknown[]) => form.set(path, next.length > 0 ? next : undefined);
  return (
    <div class="flex flex-col gap-2">
      {values.map((_, index) => (
        <div key={index} class="relative rounded-control border border-line bg-raise p-3 pr-11">
          <div class="grid gap-3 sm:grid-cols-2">
            {field.item?.fields?.map((it) => (
              <FieldRow key={it.key} path={[...path, index, it.key]} />
            ))}
          </div>
          <IconButton name={Trash2} label={`Remove ${field.title} ${index + 1}`} class="absolute top-1.5 right-1.5" onClick={() => put(values.filter((__, n) => n !== index))} />
        </div>
      ))}
      <Button icon="plus" class="self-start" disabled={at.isLocked} onClick={() => put([...values, {}])}>
        Add
      </Button>
    </div>
  );
}

/** Values under names that the operator gives: ports by coin, fields that are sent or not. */
export function NamedValues(at: At) {
  const { form, field, path, id } = at;
  const values = Object.entries((at.value ?? {}) as Record<string, unknown>);
  const [name, setName] = useState('');
  const names = field.names?.filter((it) => !values.some(([key]) => key === it));
  const first = field.item?.shape === 'switch' ? false : field.item?.shape === 'group' ? {} : [];
  const add = () => {
    if (name.trim() === '') return;
    form.set([...path, name.trim()], first);
    setName('');
  };
  return (
    <div class="flex flex-col gap-2">
      {values.map(([key]) => (
        <Named key={key} path={[...path, key]} name={field.names ? kindName(key) : key} />
      ))}
      <div class="flex gap-2">
        {names ? (
          <SelectBox aria-label={`Kind for ${field.title}`} class="flex-1" value={name} onInput={setName}>
            <option value="">Choose</option>
            {names.map((it) => (
              <option key={it} value={it}>
                {kindName(it)}
              </option>
            ))}
          </SelectBox>
        ) : (
          <TextBox
            id={id}
            aria-label={`Name for ${field.title}`}
            mono
            value={name}
            placeholder={field.item?.shape === 'switch' ? 'network.ip' : 'Name'}
            onInput={setName}
            onEnter={add}
          />
        )}
        <Button icon="plus" disabled={at.isLocked || name.trim() === ''} onClick={add}>
          Add
        </Button>
      </div>
    </div>
  );
}

function Named({ path, name }: { path: At['path']; name: string }) {
  const at = useField(path);
  if (!at) return null;
  const { form, field } = at;
  return (
    <div class="flex items-center gap-3">
      <span class="w-28 shrink-0 truncate font-mono text-control">{name}</span>
      <div class="min-w-0 flex-1">
        {field.shape === 'switch' ? (
          <Toggle id={at.id} aria-label={name} isOn={at.value === true} onChange={(to) => form.set(path, to)} />
        ) : field.shape === 'group' ? (
          <Group {...at} />
        ) : (
          <Tokens {...at} label={`Values of ${name}`} />
        )}
      </div>
      <IconButton name={Trash2} label={`Remove ${name}`} onClick={() => form.set(path, undefined)} />
    </div>
  );
}
