/** The one client of this page. */
import { Api } from './api';
import { Live } from './live';

export const api = new Api({ base: '/api/v1' });
export const live = new Live(api);
