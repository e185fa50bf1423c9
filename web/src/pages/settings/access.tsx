/** Who may look and who may change: the password, tokens of programs, webhooks, and where the agent listens. */
import { Trash2, Webhook } from 'lucide';
import { useSignal } from '@preact/signals';
import { Button, IconButton } from '../../components/button';
import { Icon } from '../../components/icon';
import { Panel } from '../../components/panel';
import { messageOf } from '../../lib/api';
import { api } from '../../lib/client';
import { type Path, getAt } from '../../lib/config-path';
import { fieldAt } from '../../lib/field';
import { logOut } from '../../lib/session';
import { caller } from '../../lib/store';
import { PasswordField } from '../../components/text-field';
import { toast } from '../../components/toast';
import { change, draft, load, schema } from './draft';
import { FieldRow } from './form';
import { NewToken } from './new-token';
import { DraftForm, FormPanel } from './section-form';

export function Access() {
  const server = (schema.value && fieldAt(schema.value, ['server'])?.fields) ?? [];
  const own = new Set(['password_hash', 'api_tokens']);
  const paths: Path[] = server.filter((it) => !own.has(it.key)).map((it) => ['server', it.key]);
  return (
    <div class="flex flex-col gap-4">
      <Password />
      <Tokens
        title="API tokens"
        path={['server', 'api_tokens']}
        what="token"
        about="For programs that read the API, such as Grafana or scripts. Each sends its own as Authorization: Bearer."
      />
      <Tokens title="Webhooks" path={['hooks']} what="webhook" about="GoSlimStratum and GSSM can tell the agent what happens. Each gets an address of its own." />
      <DraftForm>
        <FormPanel title="The page and the API">
          {paths.map((path) => (
            <FieldRow key={path.join('.')} path={path} />
          ))}
        </FormPanel>
      </DraftForm>
    </div>
  );
}

const MIN_CHARS = 8;

function Password() {
  const isSet = getAt(draft.value, ['server', 'password_hash']) !== undefined || caller.value?.login === 'password';
  const isOpen = useSignal(false);
  const current = useSignal('');
  const next = useSignal('');
  const again = useSignal('');
  const wrong = useSignal<Record<string, string>>({});
  const isBusy = useSignal(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    const found: Record<string, string> = {};
    if (isSet && !current.value) found.current = 'Type the password that counts now';
    if ([...next.value].length < MIN_CHARS) found.next = `A password has at least ${MIN_CHARS} characters`;
    else if (next.value !== again.value) found.again = 'This is not the same';
    wrong.value = found;
    const [first] = Object.keys(found);
    if (first) {
      document.getElementById(`password-${first}`)?.focus();
      return;
    }
    isBusy.value = true;
    try {
      await api.send('PUT', '/password', { body: { ...(isSet && { current: current.value }), new: next.value } });
      current.value = next.value = again.value = '';
      isOpen.value = false;
      toast(isSet ? 'Password changed. All other sessions have ended.' : 'Password set');
      await load();
    } catch (error) {
      wrong.value = { [isSet ? 'current' : 'next']: messageOf(error) };
    } finally {
      isBusy.value = false;
    }
  };
  const field = (name: 'current' | 'next' | 'again', label: string, value: { value: string }, complete: 'current-password' | 'new-password') => (
    <PasswordField
      id={`password-${name}`}
      label={label}
      autocomplete={complete}
      value={value.value}
      error={wrong.value[name]}
      onInput={(typed) => (value.value = typed)}
    />
  );
  return (
    <Panel
      title="Password"
      note={isSet ? 'set' : 'not set'}
      actions={
        <div class="flex gap-2">
          {caller.value?.who === 'session' && (
            <Button size="small" weight="quiet" onClick={() => void logOut()}>
              Log out
            </Button>
          )}
          {!isOpen.value && (
            <Button size="small" onClick={() => (isOpen.value = true)}>
              {isSet ? 'Change password' : 'Set password'}
            </Button>
          )}
        </div>
      }
    >
      {isOpen.value ? (
        <form class="flex max-w-sm flex-col gap-4 p-4" onSubmit={(event) => void submit(event)}>
          <input type="text" name="username" value="admin" autocomplete="username" class="hidden" readOnly />
          {isSet && field('current', 'Current password', current, 'current-password')}
          {field('next', 'New password', next, 'new-password')}
          {field('again', 'New password again', again, 'new-password')}
          <div class="flex gap-2">
            <Button submit weight="primary" busy={isBusy.value}>
              {isSet ? 'Change password' : 'Set password'}
            </Button>
            <Button onClick={() => (isOpen.value = false)}>Cancel</Button>
          </div>
        </form>
      ) : (
        <p class="px-4 py-4 text-control text-ink2">
          {isSet
            ? 'Whoever knows it can see and change everything here. It is kept as an Argon2 hash.'
            : 'Without one the page is only open to this machine. Set one before you listen to the network.'}
        </p>
      )}
    </Panel>
  );
}

interface Token {
  name?: string;
  hash?: unknown;
  scope?: string;
}

const SCOPES: Record<string, string> = { read: 'May read', admin: 'May change everything' };

function Tokens({ title, path, what, about }: { title: string; path: Path; what: 'token' | 'webhook'; about: string }) {
  const isMaking = useSignal(false);
  const tokens = (getAt(draft.value, path) ?? []) as Token[];
  return (
    <Panel
      title={title}
      actions={
        <Button size="small" icon="plus" onClick={() => (isMaking.value = true)}>
          {what === 'token' ? 'Make token' : 'Add webhook'}
        </Button>
      }
    >
      <p class="px-4 py-3 text-caption text-ink3">{about}</p>
      {tokens.length > 0 && (
        <ul class="divide-y divide-line border-t border-line">
          {tokens.map((it, at) => (
            <li key={it.name ?? at} class="flex items-center gap-3 py-1.5 pr-2 pl-4">
              {what === 'webhook' && <Icon name={Webhook} class="text-ink3" />}
              <span class="min-w-0 flex-1 truncate text-control font-medium">{it.name ?? `Number ${at + 1}`}</span>
              <span class="text-caption text-ink3">{what === 'token' && (SCOPES[it.scope ?? 'read'] ?? it.scope)}</span>
              <IconButton name={Trash2} label={`Remove ${what} ${it.name ?? at + 1}`} onClick={() => change(path, tokens.length > 1 ? tokens.filter((other) => other !== it) : undefined)} />
            </li>
          ))}
        </ul>
      )}
      {isMaking.value && <NewToken path={path} what={what} taken={tokens.map((it) => it.name ?? '')} onClose={() => (isMaking.value = false)} />}
    </Panel>
  );
}
