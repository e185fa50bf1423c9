/** Adding found devices: only a place and a pattern for names are asked for, and a password where they want one. */
import { useSignal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { Question } from '../../components/question';
import { PasswordField, TextField } from '../../components/text-field';
import { messageOf } from '../../lib/api';
import { count, plural } from '../../lib/format';
import { rows } from '../../lib/store';
import { add } from './actions';
import { DEFAULT_PATTERN, namesFor, once, PARTS } from './names';
import type { Finding } from './state';

/** So many of the names are shown. */
const SHOWN = 200;

export function AddDialog({ findings, onClose, onDone }: { findings: readonly Finding[]; onClose: () => void; onDone: () => void }) {
  const wantsPassword = findings.some((it) => it.status === 'needs_password');
  const devices = useMemo(() => once(findings), [findings]);
  const pattern = useSignal(wantsPassword ? '{hostname}' : DEFAULT_PATTERN);
  const place = useSignal('');
  const username = useSignal('root');
  const password = useSignal('');
  const failure = useSignal('');
  const isBusy = useSignal(false);
  const taken = rows.value.flatMap((row) => [row.id, row.name]);
  const names = namesFor(devices, pattern.value, taken);
  const places = [...new Set(rows.value.flatMap((row) => row.group ?? []))].sort();
  const isReady = pattern.value.trim() !== '' && (!wantsPassword || password.value !== '');
  const text = `Add ${plural(devices.length, 'device')}`;
  const save = async () => {
    isBusy.value = true;
    failure.value = '';
    try {
      const credentials = wantsPassword && { credentials: { ...(username.value && { username: username.value }), password: password.value } };
      await add(devices, { pattern: pattern.value, place: place.value.trim(), ...credentials });
      onDone();
    } catch (error) {
      failure.value = messageOf(error);
      isBusy.value = false;
    }
  };
  return (
    <Question
      title={text}
      verb={text}
      isBusy={isBusy.value}
      isReady={isReady}
      onAnswer={save}
      onClose={onClose}
      failure={failure.value}
      below={
        <>
          <ul aria-label="What is added" tabIndex={0} class="mt-4 max-h-56 divide-y divide-line overflow-y-auto rounded-control border border-line text-control">
            {devices.slice(0, SHOWN).map((it, at) => (
              <li key={it.address} class="flex justify-between gap-3 px-3 py-1.5">
                <span class="truncate">{names[at]}</span>
                <span class="shrink-0 font-mono text-caption/5 text-ink3">{it.address}</span>
              </li>
            ))}
            {devices.length > SHOWN && <li class="px-3 py-1.5 text-ink3">and {count(devices.length - SHOWN)} more</li>}
          </ul>
          {devices.length < findings.length && (
            <p class="mt-2 text-caption text-ink3">
              {plural(findings.length - devices.length, 'address', 'addresses')} left out: the same device answers at another one too.
            </p>
          )}
        </>
      }
    >
      {wantsPassword && (
        <div class="grid gap-4 sm:grid-cols-2">
          <TextField label="User name" value={username.value} onInput={(value) => (username.value = value)} hint="Some devices have none." />
          <PasswordField label="Password" value={password.value} onInput={(value) => (password.value = value)} autocomplete="off" name="device-password" />
        </div>
      )}
      <div class="grid gap-4 sm:grid-cols-2">
        <TextField label="Place" value={place.value} onInput={(value) => (place.value = value)} placeholder="Garage" list="add-places" hint="May be left empty." />
        <TextField label="Names" value={pattern.value} onInput={(value) => (pattern.value = value)} mono error={pattern.value.trim() === '' ? 'Devices need a name.' : undefined} />
      </div>
      <datalist id="add-places">
        {places.map((it) => (
          <option key={it} value={it} />
        ))}
      </datalist>
      <p class="flex flex-wrap gap-x-3 gap-y-1 text-caption text-ink3">
        {PARTS.map(([part, what]) => (
          <span key={part}>
            <code class="rounded-cell bg-sunk px-1 py-px font-mono text-ink2">{part}</code> {what}
          </span>
        ))}
      </p>
    </Question>
  );
}
