import { z } from 'zod'
import { Body, type Page, Query, Route, Routes } from '../src/index.js'

const page: Page = {
  problem: ({ code, errors = [] }) => `<p>${code} ${errors.map(({ path }) => path).join()}</p>`,
  contentPolicy: "default-src 'none'; form-action 'self'",
}
const Fields = z.object({ name: z.string().max(20).default('') })
const common = { access: 'anyone', summary: 'A page', page } as const

@Routes('Pages, for tests')
export class PagesController {
  @Route({ ...common, method: 'GET', path: '/page', query: Fields })
  show(@Query() query: z.infer<typeof Fields>) {
    return `<p>${JSON.stringify(query)}</p>`
  }

  @Route({ ...common, method: 'POST', path: '/page', query: Fields, body: Fields })
  take(@Query() query: z.infer<typeof Fields>, @Body() body: z.infer<typeof Fields>) {
    return `<p>${JSON.stringify([query, body])}</p>`
  }

  @Route({ ...common, method: 'POST', path: '/page/counted', limit: 'credentials' })
  count() {
    return '<p>counted</p>'
  }

  @Route({ ...common, method: 'GET', path: '/page/fault' })
  fault(): string {
    throw new Error('select secret from host')
  }
}
