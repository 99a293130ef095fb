import { describeWithOwnNatsAndRedis } from '@kilomega/testing'
import { FollowedGuide, followInOrder, guide } from './followed-guide.js'

const minutes = 60_000

/** The tests that a new module, port, route or setting can fail. */
const checks = [
  "npx jest -c jest.config.mjs --rootDir tools/architecture --testMatch '**/{module-shape,generated-pages,documents,npm-packages,operations,signals,budgets,routes-without-budget}.spec.ts'",
  "npx jest -c jest.config.mjs --rootDir apps/api --testMatch '**/test/{budgets,examples,foreign,lists,openapi,routes,sql-pages}.e2e-spec.ts'",
].join(' && ')

describeWithOwnNatsAndRedis('The guides to add a module and to move it out, typed line by line in a fresh clone', () => {
  let followed: FollowedGuide

  beforeAll(async () => {
    followed = await FollowedGuide.open(checks)
  }, 2 * minutes)
  afterAll(async () => {
    await followed.run('npx km down')
    followed.close()
  }, 2 * minutes)

  followInOrder([...guide('add-a-module'), ...guide('extract-a-module')], () => followed)
})
