import { isTest, readText, sources } from './repository.js'
import { routesWithoutBudget } from './routes-without-budget.js'

const code = sources().filter((path) => !isTest(path) && /^(apps|libs)\/.*\/src\/.*\.ts$/.test(path))

describe('Budgets of routes', () => {
  it('are declared beside every route of the API and of the platform', () => {
    const controllers = code.map((path) => ({ path, text: readText(path) })).filter(({ text }) => text.includes('@Route('))
    expect(controllers.length).toBeGreaterThan(15)
    expect(controllers.flatMap(({ path, text }) => routesWithoutBudget(text).map((route) => `${path}: ${route}`))).toEqual([])
  })

  it('are missed where there is none, also if other options are spread', () => {
    const planted = `
      class A {
        @Route({ ...common, path: '/a' }) a() {}
        @Route({ ...common, path: '/b', budget: { queries: 1, bytes: 2 } }) b() {}
        @Route(options) c() {}
        @Get('/d') d() {}
      }`
    expect(routesWithoutBudget(planted)).toEqual(['A.a', 'A.c'])
  })
})
