// Serves the page and the SignalR client that npm installed; any web server or bundler would do.

import { existsSync, readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';

const files = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/board.css': ['board.css', 'text/css'],
  '/board.js': ['board.js', 'text/javascript'],
  ...Object.fromEntries(readdirSync(new URL('watch', import.meta.url)).map(name => [`/watch/${name}`, [`watch/${name}`, 'text/javascript']])),
  '/signalr.js': ['node_modules/@microsoft/signalr/dist/browser/signalr.min.js', 'text/javascript'],
};
const pathOf = name => fileURLToPath(new URL(name, import.meta.url));

if (!existsSync(pathOf(files['/signalr.js'][0]))) {
  console.error('The SignalR client is not installed: run "npm install" first.');
  process.exit(1);
}

const server = createServer(async (request, response) => {
  const [name, type] = files[request.url.split('?')[0]] ?? [];
  if (!name) {
    response.writeHead(404).end();
    return;
  }
  response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-cache' }).end(await readFile(pathOf(name)));
});

server.on('error', error => {
  console.error(error.code === 'EADDRINUSE' ? 'Another program listens at this port; choose another with PORT.' : error.message);
  process.exit(1);
});
server.listen(Number(process.env.PORT ?? 5090), '127.0.0.1', () => console.log(`The board is at http://localhost:${server.address().port}/`));
