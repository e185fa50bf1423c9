/** What the table of the fleet shows of one source; absent is not known, never zero. */
import type { components } from './api-types';

type Schemas = components['schemas'];
export type Row = Schemas['Row'];
export type State = Schemas['State'];
export type Link = Schemas['Link'];
