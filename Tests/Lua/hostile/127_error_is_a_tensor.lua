-- A tensor as an error, with many values to print.
-- expect: E
error(require("nightjar").zeros(100, 100, 100))
