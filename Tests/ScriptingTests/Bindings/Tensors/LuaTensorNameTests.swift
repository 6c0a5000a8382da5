import LuaHost
import Testing

/// Every name that the design promises of tensors is there.
@Suite struct LuaTensorNameTests {
  static let functions = """
    tensor zeros ones full arange linspace eye rand randn randperm randint cat stack where einsum no_grad grad func
    """

  static let methods = """
    size dim numel item at totable
    slice select narrow index_select gather scatter_add masked_select
    reshape view permute transpose unsqueeze squeeze expand flatten contiguous clone detach to
    matmul abs exp log sqrt square tanh sigmoid relu gelu erf sin cos floor round sign clamp maximum minimum pow
    reciprocal add_ sub_ mul_ div_ pow_ abs_ exp_ log_ sqrt_ square_ tanh_ sigmoid_ relu_ clamp_ maximum_ minimum_ fill_
    zero_ copy_
    sum mean var std min max argmin argmax prod any all norm cumsum logsumexp softmax log_softmax topk sort unique
    count_nonzero
    eq ne lt le gt ge logical_and logical_or logical_not isnan isfinite allclose
    cholesky solve inverse svd eigh
    requires_grad_ backward release
    """

  static let properties = "shape dtype grad requires_grad"

  @Test func allAreThere() throws {
    let state = try BindingsState()
    func words(_ text: String) -> LuaValue {
      text.split(whereSeparator: \.isWhitespace).map(String.init).luaValue
    }
    let check = try state.run(
      """
      return function(functions, methods, properties)
        local missing = {}
        local x = nj.tensor { 1 }
        for _, name in ipairs(functions) do
          if not pcall(function() return nj[name] end) then missing[#missing + 1] = "nj." .. name end
        end
        for _, name in ipairs(methods) do
          local found, method = pcall(function() return x[name] end)
          if not found or type(method) ~= "function" then missing[#missing + 1] = "x:" .. name end
        end
        for _, name in ipairs(properties) do
          if not pcall(function() return x[name] end) then missing[#missing + 1] = "x." .. name end
        end
        return table.concat(missing, " ")
      end
      """)
    let function = try #require(check[0].function)
    let missing = try state.state.call(
      function, [words(Self.functions), words(Self.methods), words(Self.properties)])
    #expect(missing == [""])
  }
}
