import { stage } from '../../lib/session';

/** What stands before the pages: the login, the first set-up. */
export function Gate() {
  return <p class="p-8">{stage.value}</p>;
}
