import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { pages } from './pages/pages.js'
import { readText, root } from './repository.js'

describe('The pages generated from the code', () => {
  let made: Map<string, string>
  beforeAll(async () => {
    made = await pages()
  })

  it.each(['docs/graph.md', 'docs/ports.md', 'docs/ports.json', 'docs/errors.md', 'docs/config.md', '.env.example'])(
    '%s is as `npm run docs` makes it',
    (path) => {
      expect(existsSync(join(root, path)) ? readText(path) : '').toBe(made.get(path))
    },
  )
})
