import base from '../../../../jest.config.mjs'
export default { ...base, moduleNameMapper: { '^@kilomega/port-testing$': '/work/main/libs/modules/media/.tmp-pt/index.ts', ...Object.fromEntries(Object.entries(base.moduleNameMapper).filter(([k])=>!k.includes('port-testing'))) } }
