/** The first step: what the site is called, its time zone, and the admin's password. */
import { useSignal } from '@preact/signals';
import { useEffect, useRef } from 'preact/hooks';
import { Button } from '../../components/button';
import { PasswordField, SelectField, TextField } from '../../components/text-field';
import { ApiError, messageOf } from '../../lib/api';
import { api } from '../../lib/client';
import { editConfig } from '../../lib/config';
import { span } from '../../lib/format';
import { enter } from '../../lib/session';
import { type Caller, caller, now } from '../../lib/store';
import { useWait, waitOf } from '../../lib/wait';
import { StepBody } from './step';
import { type ConfigStatus, goTo } from './steps';
import { timeIn, zones } from './zones';

/** The name of an agent that nobody has named. */
const UNNAMED = 'gssa';
const MIN_PASSWORD = 8;

type Field = 'code' | 'name' | 'zone' | 'password' | 'form';

/** `status` is there for who is let in without a password, on the agent's own machine. Others need the code of the log. */
export function Site({ status }: { status?: ConfigStatus }) {
  const isLocal = status !== undefined;
  const known = caller.value?.agent_name ?? '';
  const name = useSignal(known === UNNAMED ? '' : known);
  const zone = useSignal(zones().here);
  const code = useSignal('');
  const password = useSignal('');
  const wantsPassword = useSignal(!isLocal || caller.value?.login === 'password');
  const errors = useSignal<Partial<Record<Field, string>>>({});
  const isBusy = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const wait = useWait();
  const isLocked = (field: string) => status?.locked.includes(field) ?? false;
  const hasPassword = caller.value?.login === 'password';

  useEffect(() => form.current?.querySelector<HTMLElement>('[aria-invalid=true]')?.focus(), [errors.value]);

  const save = async () => {
    const site = name.value.trim();
    const found: Partial<Record<Field, string>> = {};
    if (!isLocal && code.value.trim() === '') found.code = 'Enter the code that the agent wrote into its log.';
    if (wantsPassword.value && !hasPassword && [...password.value].length < MIN_PASSWORD) found.password = `A password has at least ${MIN_PASSWORD} characters.`;
    errors.value = found;
    if (Object.keys(found).length > 0) return;
    isBusy.value = true;
    try {
      if (isLocal) await saveLocal(site);
      else {
        const setup = { code: code.value, password: password.value, time_zone: zone.value, ...(site && { name: site }) };
        enter(await api.post<Caller>('/setup', setup));
      }
      goTo('miners');
    } catch (error) {
      const secs = waitOf(error);
      if (secs > 0) wait.begin(secs);
      else errors.value = explain(error);
      isBusy.value = false;
    }
  };

  const saveLocal = async (site: string) => {
    await editConfig((config) => {
      const agent = { ...(config.agent as object | undefined) } as Record<string, unknown>;
      if (site && !isLocked('agent.name')) agent.name = site;
      if (!isLocked('agent.time_zone')) agent.time_zone = zone.value;
      return { ...config, agent };
    });
    if (!wantsPassword.value || hasPassword) enter(await api.get<Caller>('/session'));
    else enter((await api.send<Caller>('PUT', '/password', { body: { new: password.value } })).body);
  };

  const { code: codeError, name: nameError, zone: zoneError, password: passwordError, form: formError } = errors.value;
  return (
    <form
      ref={form}
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBusy.value && wait.left === 0) void save();
      }}
    >
      <StepBody
        title="Your site"
        text="One agent watches one place: a home, a barn, a hall."
        footer={
          <>
            {isLocal && (
              <Button weight="quiet" onClick={() => goTo('miners')}>
                Skip
              </Button>
            )}
            <Button submit weight="primary" busy={isBusy.value} disabled={wait.left > 0}>
              {wait.left > 0 ? `Wait ${span(wait.left)}` : 'Save and go on'}
            </Button>
          </>
        }
      >
        <div class="flex flex-col gap-5">
          {!isLocal && (
            <TextField
              label="Set-up code"
              value={code.value}
              onInput={(value) => (code.value = value)}
              mono
              autoFocus
              placeholder="7KQM-2XRD"
              autocomplete="one-time-code"
              error={wait.left > 0 ? `Too many tries. Try again in ${span(wait.left)}.` : codeError}
              hint="The agent wrote it into its log when it started: it shows that the machine is yours."
            />
          )}
          <div class="grid gap-5 sm:grid-cols-2">
            <TextField
              label="Name"
              value={name.value}
              onInput={(value) => (name.value = value)}
              placeholder="Hollow Creek"
              disabled={isLocked('agent.name')}
              autoFocus={isLocal}
              error={nameError}
              hint={isLocked('agent.name') ? 'Set by the environment or a flag of the agent.' : 'Shown above every page.'}
            />
            <SelectField
              label="Time zone"
              value={zone.value}
              options={zones().all.map((it) => [it, it.replaceAll('_', ' ')])}
              onInput={(value) => (zone.value = value)}
              disabled={isLocked('agent.time_zone')}
              error={zoneError}
              hint={`It is ${timeIn(zone.value, now.value)} there now.`}
            />
          </div>
          {hasPassword && isLocal ? (
            <p class="text-control text-ink2">A password is set. It can be changed in Settings.</p>
          ) : (
            <fieldset class="flex flex-col gap-3">
              <legend class={isLocal ? 'mb-1.5 text-control font-medium' : 'sr-only'}>Access</legend>
              {isLocal && (
                <div class="grid gap-2 sm:grid-cols-2">
                  <Way isOn={!wantsPassword.value} onChoose={() => (wantsPassword.value = false)} title="No password">
                    The agent is only reachable on this machine.
                  </Way>
                  <Way isOn={wantsPassword.value} onChoose={() => (wantsPassword.value = true)} title="A password">
                    Needed before others may reach the agent.
                  </Way>
                </div>
              )}
              {wantsPassword.value && (
                <>
                  <input type="text" name="username" value="admin" autocomplete="username" readOnly tabIndex={-1} aria-hidden="true" class="hidden" />
                  <PasswordField
                    label="Password of the admin"
                    value={password.value}
                    onInput={(value) => (password.value = value)}
                    autocomplete="new-password"
                    error={passwordError}
                    hint={`At least ${MIN_PASSWORD} characters. Only its hash is kept.`}
                  />
                </>
              )}
            </fieldset>
          )}
          {formError && (
            <p role="alert" class="text-control text-bad">
              {formError}
            </p>
          )}
        </div>
      </StepBody>
    </form>
  );
}

function Way(props: { isOn: boolean; onChoose: () => void; title: string; children: string }) {
  return (
    <label
      class={`flex gap-2.5 rounded-control border px-3 py-2.5 text-control has-focus-visible:outline-2 has-focus-visible:outline-offset-2 has-focus-visible:outline-ink ${props.isOn ? 'border-ink' : 'border-line hover:border-edge'}`}
    >
      <input type="radio" name="way" class="mt-0.5 size-4 shrink-0 accent-ink outline-none!" checked={props.isOn} onChange={props.onChoose} />
      <span>
        <span class="block font-medium">{props.title}</span>
        <span class="text-caption text-ink3">{props.children}</span>
      </span>
    </label>
  );
}

const FIELDS: Record<string, Field> = { 'agent.name': 'name', 'agent.time_zone': 'zone' };

/** Where the agent's refusal belongs. */
function explain(error: unknown): Partial<Record<Field, string>> {
  const sentence = (text: string) => `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
  if (!(error instanceof ApiError)) return { form: messageOf(error) };
  if (error.kind === 'code-wrong') return { code: sentence(error.message) };
  if (error.kind === 'password-unfit' || error.kind === 'password-locked') return { password: sentence(error.message) };
  const told: Partial<Record<Field, string>> = {};
  for (const { path, message, level } of error.problem.problems ?? []) {
    const field = FIELDS[path];
    if (level === 'error') told[field ?? 'form'] = field ? sentence(message) : sentence(`${path} ${message}`);
  }
  return Object.keys(told).length > 0 ? told : { form: sentence(error.message) };
}
