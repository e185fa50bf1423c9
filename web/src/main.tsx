import './style.css';
import { render } from 'preact';
import { App } from './app';
import { setPlace } from './lib/format';
import { startKeys } from './lib/keys';
import { startMedia } from './lib/media';
import { startTheme } from './lib/prefs';
import { startPrefix, startRouting } from './lib/route';
import { startClock } from './lib/store';

setPlace(navigator.language);
startTheme();
startMedia();
startPrefix();
startRouting();
startKeys();
startClock();
render(<App />, document.getElementById('app')!);
