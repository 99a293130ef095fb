export * from './bindings.js'
export * from './describe-bindings.js'
export * from './open-port.js'
export * from './stand-in.js'
