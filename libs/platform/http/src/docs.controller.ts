import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { OpenApi } from './openapi.js'
import { Params, Reply } from './parameters.js'
import { Route } from './route.js'
import { Routes } from './routes.js'

const folder = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'))

/** Swagger UI sets styles from its script; everything it loads is served by us. */
const contentPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"

const page = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Kilomega API</title>
<link rel="icon" href="data:,"><link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="stylesheet" href="/docs/page.css"></head>
<body><main id="docs"></main><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
`

/**
 * Swagger UI shows a closed lock on routes for which the reader is signed in, and an open one elsewhere; here a closed lock marks a route that needs a token.
 * Its dark colours belong to a button that this page does not have, so here they follow the reader's own setting.
 */
const startScript = `
const dark = matchMedia('(prefers-color-scheme: dark)')
const follow = () => document.documentElement.classList.toggle('dark-mode', dark.matches)
dark.addEventListener('change', follow)
follow()
const turned = (Button, { React }) => (properties) => React.createElement(Button, { ...properties, isAuthorized: !properties.isAuthorized })
const locks = { wrapComponents: { authorizeBtn: turned, authorizeOperationBtn: turned } }
SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', deepLinking: true, plugins: [locks] })
`

/** On a phone, nothing is wider than the screen and parameter tables become lists. */
const pageStyle = `
body { margin: 0 }
html.dark-mode body { background: #1c2022 }
@media (max-width: 640px) {
  .swagger-ui .wrapper { padding: 0 12px }
  .swagger-ui .information-container .info { margin: 20px 0 }
  .swagger-ui .opblock-summary-control { min-width: 0 }
  .swagger-ui .opblock .opblock-summary-method { min-width: 62px; padding: 6px 0; font-size: 12px }
  .swagger-ui .opblock-summary-path-description-wrapper { flex: 1 1 0; min-width: 0; flex-direction: column; align-items: flex-start; gap: 2px; padding: 0 8px }
  .swagger-ui .opblock .opblock-summary-path { max-width: 100%; padding: 0; overflow-wrap: anywhere; word-break: normal }
  .swagger-ui .opblock .opblock-summary-description { padding: 0 }
  .swagger-ui :is(.parameters, .responses-table):is(table), .swagger-ui :is(.parameters, .responses-table) > tbody,
  .swagger-ui :is(.parameters, .responses-table) > tbody > tr, .swagger-ui :is(.parameters, .responses-table) > tbody > tr > td { display: block; width: auto; max-width: none }
  .swagger-ui :is(.parameters, .responses-table) > thead, .swagger-ui .response-col_links { display: none }
  .swagger-ui .responses-table .response-col_status { padding-top: 16px; font-weight: bold }
  .swagger-ui .parameters-col_description :is(input, select, textarea) { max-width: 100%; width: 100% }
  .swagger-ui .opblock-body pre, .swagger-ui .highlight-code { max-width: calc(100vw - 66px); overflow: auto }
}
`

const own: Readonly<Record<string, string>> = { 'start.js': startScript, 'page.css': pageStyle }
const AssetParams = z.object({ asset: z.enum(['swagger-ui.css', 'swagger-ui-bundle.js', 'page.css', 'start.js']) })
const JsonObject = z.record(z.string(), z.unknown())

/** 1.7 MB together, read once: opening a file per request would hold a file handle for each client that does not read. */
const assets = new Map<string, Promise<Buffer>>()

function assetBytes(name: string): Promise<Buffer> {
  const known = assets.get(name)
  if (known !== undefined) return known
  const bytes = readFile(join(folder, name))
  assets.set(name, bytes)
  bytes.catch(() => assets.delete(name))
  return bytes
}

/** The OpenAPI file, and a page for reading it. */
@Routes('This description')
export class DocsController {
  constructor(private readonly openApi: OpenApi) {}

  @Route({
    method: 'GET',
    path: '/openapi.json',
    access: 'anyone',
    summary: 'This description of the API',
    budget: { queries: 0, bytes: 150_000 },
    answer: JsonObject,
    cacheControl: 'no-cache',
  })
  description(): string {
    return this.openApi.text()
  }

  @Route({
    method: 'GET',
    path: '/docs',
    access: 'anyone',
    summary: 'The documentation as a page',
    budget: { queries: 0, bytes: 1_000 },
    contentType: 'text/html; charset=utf-8',
  })
  docs(@Reply() reply: FastifyReply): string {
    reply.header('content-security-policy', contentPolicy)
    return page
  }

  @Route({
    method: 'GET',
    path: '/docs/:asset',
    access: 'anyone',
    summary: 'Files of the documentation page',
    budget: { queries: 0, bytes: 2_200_000 },
    params: AssetParams,
    contentType: 'text/css, text/javascript',
    cacheControl: 'public, max-age=3600',
  })
  asset(@Params() { asset }: z.infer<typeof AssetParams>, @Reply() reply: FastifyReply) {
    reply.header('content-type', `text/${asset.endsWith('.css') ? 'css' : 'javascript'}; charset=utf-8`)
    return own[asset] ?? assetBytes(asset)
  }
}
