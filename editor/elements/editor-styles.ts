import { css, type CSSResult } from 'lit'

export const editorStyles: CSSResult = css`
  :host {
    display: block;
    width: 100%;
    height: 100%;
    min-height: 20rem;
    overflow: hidden;
    container-type: inline-size;
    background: var(--yt-ground);
    color: var(--yt-text);
    font: 0.8125rem/1.45 var(--yt-font);
  }
  .editor {
    position: relative;
    display: grid;
    grid-template: auto auto minmax(0, 1fr) / minmax(13rem, 17rem) minmax(0, 1fr);
    grid-template-areas: 'bar bar' 'note note' 'side main';
    height: 100%;
  }
  yt-toolbar {
    grid-area: bar;
  }
  .banner {
    grid-area: note;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.5rem;
    padding: 0.375rem 0.875rem;
    background: var(--yt-accent-weak);
    border-bottom: 1px solid var(--yt-line);
  }
  .side {
    grid-area: side;
    display: grid;
    grid-template: minmax(0, 1fr) auto / minmax(0, 1fr);
    min-height: 0;
    border-inline-end: 1px solid var(--yt-line);
    background: var(--yt-ground-2);
  }
  .main {
    grid-area: main;
    display: grid;
    grid-template: auto minmax(0, 1fr) / minmax(0, 1fr);
    min-width: 0;
    min-height: 0;
  }
  .list-head {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: 0.375rem 0.5rem;
    padding: 0.375rem 0.75rem;
  }
  .list-head h2 {
    flex: 1;
    min-width: 6rem;
    margin: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-size: 1.0625em;
  }
  .look {
    font-weight: 400;
    color: var(--yt-text-2);
  }
  select.theme {
    width: auto;
    max-width: 11rem;
  }
  .sets-button {
    display: none;
    min-width: 0;
  }
  .sets-button .name {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .fold button {
    color: var(--yt-text-2);
    padding-inline: 0.375rem;
  }
  yt-empty-room {
    grid-row: 1 / -1;
  }
  .waiting {
    margin: 0;
    padding: 4rem 1rem;
    text-align: center;
    color: var(--yt-text-2);
  }
  /* On narrow ground: one column, the sets behind a button, the bin's controls at the foot. */
  @container (max-width: 44rem) {
    .editor {
      grid-template: auto auto auto minmax(0, 1fr) auto / minmax(0, 1fr);
      grid-template-areas: 'bar' 'note' 'sets' 'main' 'bin';
    }
    .side {
      display: contents;
    }
    yt-set-list {
      grid-area: sets;
      display: none;
      max-height: 40vh;
      border-bottom: 1px solid var(--yt-line);
      background: var(--yt-ground-2);
    }
    .open yt-set-list {
      display: flex;
    }
    yt-bridge-bar {
      grid-area: bin;
      background: var(--yt-ground-2);
    }
    .sets-button {
      display: inline-flex;
      flex: 0 1 auto;
    }
    .list-head {
      flex-wrap: nowrap;
    }
    .list-head h2 {
      position: absolute;
      clip-path: inset(50%);
    }
    .list-head .primary {
      margin-inline-start: auto;
      white-space: nowrap;
      flex: none;
    }
    .look {
      position: absolute;
      clip-path: inset(50%);
    }
    .fold {
      display: none;
    }
  }
  /* Low, as at 400 % zoom: the editor itself scrolls, and the list keeps a height to read in. */
  @media (max-height: 30rem) {
    :host {
      overflow: auto;
    }
    .editor {
      height: auto;
      min-height: 100%;
    }
    yt-token-list {
      min-height: 20rem;
    }
  }
`
