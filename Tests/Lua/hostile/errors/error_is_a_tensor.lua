-- A tensor with many values as an error.
-- expect: error
error(require("nightjar").zeros(100, 100, 100))
