import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Demo } from './demo';

/**
 * What the page asks of the demo: `GET /try/state`, `GET /try/seen`, `POST /try/relay {running}`, `POST /try/link {link}`, `POST /try/reset`.
 * The shell's server has checked before that the page is its own.
 */
export function demoRoute(demo: Demo): (url: URL, request: IncomingMessage, response: ServerResponse) => Promise<boolean> {
  return async (url, request, response) => {
    const answer = (value: unknown) => {
      response.writeHead(200, { 'content-type': 'application/json', 'cache-control': 'no-store' }).end(JSON.stringify(value));
      return true;
    };
    switch (`${request.method} ${url.pathname}`) {
      case 'GET /try/state':
        return answer(await demo.state());
      case 'GET /try/seen':
        return answer(await demo.seen());
      case 'POST /try/relay': {
        const { running } = await bodyOf(request);
        await (running === true ? demo.startRelay() : demo.stopRelay());
        return answer(await demo.state());
      }
      case 'POST /try/link': {
        const { link } = await bodyOf(request);
        if (typeof link === 'string' && link.length <= 300 && link.startsWith('obsidian://blockwire?')) await demo.rememberLink(link);
        return answer(await demo.state());
      }
      case 'POST /try/reset':
        await demo.reset();
        return answer(await demo.state());
      default:
        return false;
    }
  };
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = '';
  for await (const chunk of request as AsyncIterable<Buffer>) {
    text += chunk.toString();
    if (text.length > 4096) throw new Error('The request is too long.');
  }
  return JSON.parse(text === '' ? '{}' : text) as Record<string, unknown>;
}
