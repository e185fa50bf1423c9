/** The links of the draft, and what only this page does with them. */
import { getAt, setAt } from '../../lib/config-path';
import { withQuery } from '../../lib/route';
import { commit, draft } from '../settings/draft';
import type { Rules } from './words';

export interface UplinkConfig extends Record<string, unknown> {
  readonly id?: string;
  readonly endpoint?: string;
  readonly enabled?: boolean;
  readonly kinds?: readonly string[];
  readonly groups?: readonly string[];
  readonly fields?: Rules;
  readonly mask_wallets?: boolean;
}

/** So many there may be. */
export const MAX_LINKS = 4;

export const linksOf = () => (getAt(draft.value, ['uplinks']) ?? []) as readonly UplinkConfig[];

const replaced = (id: string, by: (link: UplinkConfig) => UplinkConfig | undefined) => {
  const next = linksOf().flatMap((it) => (it.id === id ? (by(it) ?? []) : [it]));
  return setAt(draft.peek(), ['uplinks'], next.length > 0 ? next : undefined);
};

export function switchLink(id: string, isOn: boolean): Promise<boolean> {
  const next = replaced(id, ({ enabled: _, ...rest }) => (isOn ? rest : { ...rest, enabled: false }));
  return commit(next, `Switched ${id} ${isOn ? 'on' : 'off'}`);
}

export const deleteLink = (id: string) => commit(replaced(id, () => undefined), `Deleted ${id}`);

/** Where a link is edited; with `token` its token is what is typed first. */
export const editHref = (id: string, token = false) => withQuery({ edit: id, token: token ? '1' : undefined, add: undefined });
