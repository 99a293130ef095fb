export { KmConfig } from './km.config.js'
export { makeProgram } from './program.js'
