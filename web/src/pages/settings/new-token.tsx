/** Makes a token here in the browser: the agent is only told its hash, and it is shown this once. */
import { Copy } from 'lucide';
import { useSignal } from '@preact/signals';
import { Button } from '../../components/button';
import { Dialog } from '../../components/dialog';
import { Question } from '../../components/question';
import { toast } from '../../components/toast';
import { type Path, getAt, setAt } from '../../lib/config-path';
import { copy } from '../../lib/copy';
import { newToken } from '../../lib/sha256';
import { commit, draft, problems } from './draft';
import { TextField } from '../../components/text-field';

export function NewToken({ path, what, taken, onClose }: { path: Path; what: 'token' | 'webhook'; taken: readonly string[]; onClose: () => void }) {
  const name = useSignal('');
  const scope = useSignal('read');
  const failure = useSignal('');
  const token = useSignal('');
  const isBusy = useSignal(false);
  const make = async () => {
    const called = name.value.trim();
    if (!called || taken.includes(called)) {
      failure.value = called ? 'There is one of this name already' : 'Give it a name, so that you know it later';
      document.getElementById('token-name')?.focus();
      return;
    }
    isBusy.value = true;
    const { token: made, hash } = newToken();
    const before = (getAt(draft.peek(), path) ?? []) as unknown[];
    const element = { name: called, hash, ...(what === 'token' && { scope: scope.value }) };
    const isDone = await commit(setAt(draft.peek(), [...path, before.length], element), what === 'token' ? `Made token ${called}` : `Added webhook ${called}`);
    isBusy.value = false;
    if (isDone) token.value = made;
    else failure.value = problems.value[0]?.message ?? 'It could not be saved';
  };
  if (token.value) return <Made text={what === 'token' ? token.value : `${location.origin}/api/v1/hooks/${token.value}`} what={what} onClose={onClose} />;
  return (
    <Question
      title={what === 'token' ? 'Make an API token' : 'Add a webhook'}
      verb={what === 'token' ? 'Make token' : 'Add webhook'}
      isBusy={isBusy.value}
      onAnswer={make}
      onClose={onClose}
    >
      <TextField
        id="token-name"
        label="Name"
        hint={what === 'token' ? 'What it is for.' : 'Who sends: it stands in the events.'}
        error={failure.value}
        maxLength={64}
        autoFocus
        value={name.value}
        placeholder={what === 'token' ? 'grafana' : 'gss'}
        onInput={(typed) => {
          name.value = typed;
          failure.value = '';
        }}
      />
      {what === 'token' && (
        <fieldset>
          <legend class="mb-1.5 text-control font-medium">What its bearer may do</legend>
          <div class="flex flex-col gap-2">
            {[
              ['read', 'Read', 'Readings, history, events. No configuration.'],
              ['admin', 'Everything', 'The configuration included, with the right to change it.'],
            ].map(([value, text, more]) => (
              <label key={value} class={`flex items-start gap-2.5 rounded-control border p-3 text-control ${scope.value === value ? 'border-ink bg-raise' : 'border-edge'}`}>
                <input type="radio" name="scope" class="mt-0.5 accent-ink" checked={scope.value === value} onChange={() => (scope.value = value!)} />
                <span>
                  <span class="block font-medium">{text}</span>
                  <span class="block text-caption text-ink3">{more}</span>
                </span>
              </label>
            ))}
          </div>
        </fieldset>
      )}
    </Question>
  );
}

function Made({ text, what, onClose }: { text: string; what: 'token' | 'webhook'; onClose: () => void }) {
  return (
    <Dialog
      title={what === 'token' ? 'Your token' : 'Your webhook address'}
      onClose={onClose}
      footer={
        <Button weight="primary" onClick={onClose}>
          I have copied it
        </Button>
      }
    >
      <p class="text-control text-ink2">
        Copy it now: it is not shown again. The agent keeps only its hash.
        {what === 'webhook' && ' Give it to the other program, which must reach the agent under this address.'}
      </p>
      <div class="mt-3 flex items-center gap-2">
        <code class="min-w-0 flex-1 rounded-control border border-edge bg-sunk px-3 py-2 font-mono text-caption wrap-anywhere select-all" data-token>
          {text}
        </code>
        <Button icon={Copy} onClick={() => void copy(text).then((isDone) => toast(isDone ? 'Copied' : 'Select the text and copy it', { isBad: !isDone }))}>
          Copy
        </Button>
      </div>
    </Dialog>
  );
}
