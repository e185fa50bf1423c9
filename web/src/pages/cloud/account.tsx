/** One's own password. */
import { Page } from '../../components/page';

export function Account() {
  return <Page title="Account">todo</Page>;
}
