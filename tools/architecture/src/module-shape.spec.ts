import { basename } from 'node:path'
import { filesBelow, modules, readText } from './repository.js'

const headings = ['Port', 'Events', 'Tables', 'Jobs', 'Drivers', 'Config', 'Extraction']

/** Services that grow move their longest method to a file named after it. */
const serviceLines = 150

describe.each(modules().map(({ folder }) => ({ module: basename(folder), folder })))('The module $module', ({ module, folder }) => {
  const files = filesBelow(folder)

  it('has the files that every module has', () => {
    const needed = ['README.md', 'package.json', 'tsconfig.json', 'src/index.ts', `src/${module}.module.ts`, `src/${module}.service.ts`]
    expect(files).toEqual(expect.arrayContaining([...needed, `src/${module}.port.int-spec.ts`]))
  })

  it('has no file without a place in the shape', () => {
    const places = placesOf(module)
    expect(files.filter((path) => !places.some((place) => place.test(path)))).toEqual([])
  })

  it('describes itself under the seven headings', () => {
    const found = [...readText(`${folder}/README.md`).matchAll(/^## (.*)$/gm)].map(([, heading]) => heading)
    expect(found).toEqual(headings)
  })

  it('has one entry point, which exports its implementation and nothing else', () => {
    const exported = [...readText(`${folder}/src/index.ts`).matchAll(/^export (.*)$/gm)].map(([, what]) => what)
    expect(exported).toEqual([expect.stringMatching(/^const implementation = /)])
  })

  it(`has a service of ${serviceLines} lines at most`, () => {
    expect(readText(`${folder}/src/${module}.service.ts`).trimEnd().split('\n').length).toBeLessThanOrEqual(serviceLines)
  })
})

function placesOf(module: string): RegExp[] {
  const one = '[a-z][a-z0-9-]*'
  const tests = '(\\.(spec|int-spec|suite))?'
  return [
    /^(README\.md|package\.json|tsconfig\.json|src\/index\.ts)$/,
    new RegExp(`^src/${module}\\.(module|service|config|jobs|events|signals)${tests}\\.ts$`),
    new RegExp(`^src/${module}\\.port\\.(int-spec|suite)\\.ts$`),
    // The code of a service, a job or a subscriber, one idea per file.
    new RegExp(`^src/${one}${tests}\\.ts$`),
    new RegExp(`^src/drivers/${one}(\\.${one})?${tests}\\.ts$`),
    new RegExp(`^src/tables/(${one}\\.entity|tables\\.int-spec)\\.ts$`),
    new RegExp(`^src/tables/migrations/\\d{12}-${one}\\.ts$`),
    new RegExp(`^test/${one}\\.ts$`),
  ]
}
