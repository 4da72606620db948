# Terms of every type, what this VM encodes them to and how this Elixir prints them.
#
#     elixir terms.exs OUT            writes OUT: a list of {Label, [Encoding], Inspect, Pretty, Short}
#     elixir terms.exs OUT ANSWERS    then waits for a line, reads ANSWERS (a list of one external term
#                                     per encoding, per term) and prints each label that is not `=:=`

defmodule EtfTerms.Point do
  defstruct [:y, :x, label: "p"]
end

defmodule EtfTerms do
  def all do
    Enum.concat([
      integers(),
      floats(),
      atoms(),
      binaries(),
      lists(),
      tuples(),
      maps(),
      structs(),
      identities(),
      random()
    ])
  end

  def pretty_options, do: [pretty: true, width: 80]
  def short_options, do: [limit: 4, printable_limit: 5]

  def encodings(term) do
    [
      :erlang.term_to_binary(term),
      :erlang.term_to_binary(term, [:compressed]),
      :erlang.term_to_binary(term, minor_version: 0),
      :erlang.term_to_binary(term, minor_version: 1),
      :erlang.term_to_binary(term, minor_version: 2)
    ]
  end

  defp label(terms, name), do: Enum.with_index(terms, &{"#{name} #{&2}", &1})

  defp integers do
    edges =
      for bits <- [7, 8, 15, 16, 31, 32, 53, 59, 60, 63, 64, 128, 2039, 2040, 2048, 4096],
          offset <- [-1, 0, 1],
          sign <- [1, -1],
          do: sign * (Integer.pow(2, bits) + offset)

    label([0, 1, -1 | edges], "integer")
  end

  defp floats do
    powers =
      for e <- -30..30, m <- [1.0, 1.5, -2.25, 1.2345678901234567], do: m * :math.pow(10, e)

    label(
      powers ++
        [0.0, 5.0e-324, 1.7976931348623157e308, 0.1, 4.35, 100.0, 123_456.789] ++
        [9_007_199_254_740_992.0, 9_007_199_254_740_996.0, 9_999_999_999_999_998.0] ++
        [12_345_678_901_234_567.0, 0.00123456789, 2.5e-5, 9.5367431640625e-7],
      "float"
    )
  end

  defp atoms do
    names =
      ~w(ok nil true false Elixir Elixir.Foo Elixir.Foo.Bar Elixir.foo Elixir.Foo.bar Elixir. Elixir..Foo) ++
        ~w(Elixir.Elixir Elixir.Elixir.Foo ElixirFoo Foo Foo? foo? foo! foo!? foo@bar foo@ @foo foo?bar _ _foo __A__ 1a) ++
        ~w(a-b a.b é ñandú Élan 日本 ЖЖ ª ² é? a·b À foo'b $x x$ nonode@nohost + - * / ++ -- +++ --- ^ ^^^ ! != !== = ==) ++
        ~w(=== =~ < > <= >= <- -> => | || ||| & && &&& <> .. ..// ... // :: @ . ~ ~~~ ~> ~>> <~ <~> <~~ << >> <<< >>> <<>>) ++
        ~w(<<~ {} %{} % [] |> <|> ; , { } ** not and or in when fn do end after else rescue catch) ++
        [
          "",
          "foo bar",
          "foo\"b",
          "foo\nb",
          "x\0",
          "a\u202ab",
          "\u0085",
          "\uFEFF",
          "\uFFFE",
          "ÿ",
          "\#{x}",
          "\\",
          "()"
        ] ++
        [String.duplicate("a", 255), String.duplicate("é", 255), String.duplicate("日", 255)]

    atoms = Enum.map(names, &String.to_atom/1)
    keys = for atom <- atoms, do: [{atom, 1}]
    calls = for atom <- atoms, do: Function.capture(Foo, atom, 1)
    label(atoms, "atom") ++ label(keys, "key") ++ label(calls, "call")
  end

  defp binaries do
    texts =
      [
        "",
        "abc",
        "a\0b",
        "é",
        "日本",
        "😀",
        "\d",
        "\u200b",
        "\u202a",
        "\uFEFF",
        "\uFFFE",
        "\u{10FFFF}",
        "\u0085"
      ] ++
        [
          "\u00a0",
          "\u00ad",
          "a\"b\\c\n\t\r\e\a\b\f\v#",
          "\#{x}",
          "#a",
          "##{"{"}",
          "\uE000",
          "\uD7FF",
          "ab\#{c",
          "it's"
        ] ++
        [String.duplicate("a", 4096), String.duplicate("a", 4097), String.duplicate("é", 5000)]

    raw =
      [
        <<255>>,
        <<0>>,
        <<0xC0, 0x80>>,
        <<0xED, 0xA0, 0x80>>,
        <<0xF4, 0x90, 0x80, 0x80>>,
        <<"ab", 0xE2, 0x82>>
      ] ++
        [
          :binary.copy(<<200>>, 50),
          :binary.copy(<<200>>, 51),
          String.duplicate("a", 4097) <> <<255>>
        ] ++
        [:binary.copy(<<200>>, 70_000)]

    bits =
      for n <- 1..7,
          bytes <- ["", <<1>>, :binary.copy(<<9>>, 49), :binary.copy(<<9>>, 50)],
          do: <<bytes::binary, 1::size(n)>>

    label(texts, "text") ++ label(raw, "binary") ++ label(bits, "bitstring")
  end

  defp lists do
    label(
      [
        [],
        [1, 2, 3],
        ~c"abc",
        [0],
        [7, 8, 9],
        [127],
        ~c"a'b\"\\",
        [27],
        ~c"\#{",
        [1 | 2],
        [1, 2 | 3],
        [97 | 98]
      ] ++
        [
          [a: 1],
          [a: 1, b: [c: 2]],
          [{Foo, 1}],
          [{:a, 1}, 2],
          [nil: 1],
          ["a b": 1],
          [{:a, 1} | :b],
          [{:a, 1, 2}]
        ] ++
        [
          [1.0 | :a],
          [[1 | 2] | 3],
          [[[[[[]]]]]],
          [8232],
          [255],
          [256],
          [-1],
          [1, 1.0, 0.0],
          ~c"héllo",
          [[], []]
        ] ++
        [
          Enum.to_list(1..50),
          Enum.to_list(1..51),
          Enum.to_list(1..100),
          [1 | Enum.to_list(2..50) ++ 51]
        ] ++
        [
          :lists.duplicate(4096, ?a),
          :lists.duplicate(4097, ?a),
          :lists.duplicate(65_535, 1),
          :lists.duplicate(65_536, 1)
        ] ++
        [
          Enum.reduce(1..60, [], &[&1, &2]),
          Enum.reduce(1..10_000, :x, fn _, acc -> [acc] end),
          [[1, 2], ~c"ab", "ab", {1}]
        ] ++
        [
          for(i <- 1..20, do: {:"key#{i}", i}),
          [~D[2020-01-01], {1, 2} | :tail],
          [String.duplicate("y", 90), 1, 2]
        ],
      "list"
    )
  end

  defp tuples do
    label(
      [
        {},
        {1},
        {~c"a", "b"},
        {:ok, %{a: 1}},
        List.to_tuple(Enum.to_list(1..255)),
        List.to_tuple(Enum.to_list(1..256))
      ] ++
        [
          {:error, {:badmatch, [1, 2, %{x: {:y, "z"}}]}},
          {String.duplicate("x", 90), [a: String.duplicate("z", 60), b: 2]}
        ] ++
        [{[1, 2, [3]], 4, 5}, {{}, [], %{}, "", ~c""}, {1, {2, {3, {4, {5, {6}}}}}}],
      "tuple"
    )
  end

  defp maps do
    mixed = %{
      [1, 2] => 1,
      {1} => 2,
      "a" => 3,
      1 => 4,
      1.5 => 5,
      :a => 6,
      %{} => 7,
      [] => 8,
      self() => 9,
      &String.length/1 => 11,
      3 => 13,
      -1.0 => 14,
      <<1::3>> => 16,
      <<160>> => 17,
      [1 | 2] => 18,
      {1, 1} => 1,
      {1.0} => 2,
      1.0 => 3,
      -7 => 1,
      10_000_000_000_000_000_000_000 => 5,
      "ab" => 1,
      "" => 0
    }

    sizes = for n <- [1, 2, 31, 32, 33, 40, 100, 1000], do: Map.new(1..n, &{&1, &1 * &1})
    atoms = for n <- [5, 32, 33, 80], do: Map.new(1..n, &{:"k#{&1}", "v#{&1}"})

    label(
      [
        %{},
        %{a: 1},
        %{:b => 2, "a" => 1},
        %{1 => 2, 1.0 => 3},
        %{Foo => 1},
        %{nil: 1, a: 2},
        mixed
      ] ++
        [
          %{%{a: 1} => %{b: 2}},
          %{a: %{b: %{c: %{d: %{e: 1}}}}},
          %{__struct__: "Foo", a: 1},
          %{"__struct__" => Foo}
        ] ++
        [
          %{"a b": 1, Foo: 2, +: 3},
          %{list: Enum.to_list(1..60), name: String.duplicate("abc ", 20)}
        ] ++
        sizes ++ atoms,
      "map"
    )
  end

  defp structs do
    zoned = %DateTime{
      year: 2000,
      month: 2,
      day: 29,
      zone_abbr: "CET",
      hour: 23,
      minute: 0,
      second: 7,
      microsecond: {0, 0},
      utc_offset: 3600,
      std_offset: 0,
      time_zone: "Europe/Warsaw"
    }

    label(
      [
        ~D[2020-01-02],
        ~D[-0001-01-02],
        %{~D[2020-01-02] | year: 12_345},
        ~T[01:02:03],
        ~T[01:02:03.1200]
      ] ++
        [
          ~N[2020-01-02 03:04:05.678],
          ~U[2020-01-02 03:04:05Z],
          ~U[2020-01-02 03:04:05.123456Z],
          zoned
        ] ++
        [%{zoned | utc_offset: -14_400, std_offset: 3600, zone_abbr: "AMT", microsecond: {12, 3}}] ++
        [
          1..3,
          1..3//2,
          Range.new(3, 1, -1),
          3..1//-1,
          %{(1..2) | first: 5},
          MapSet.new([1, 2]),
          MapSet.new(),
          MapSet.new(a: 1)
        ] ++
        [
          MapSet.new([97]),
          MapSet.new(1..60),
          [MapSet.new([1, 2, [3]])],
          ~r/a\/b/iu,
          ~r{a"b\n}x,
          ~r/\d+\s\\/
        ] ++
        [Regex.compile!("a\nb/\\/c\e\x7f\t"), Regex.compile!("é\\x{1F}", "u"), ~r/x/smfU] ++
        [
          Date.range(~D[2020-01-01], ~D[2020-02-01]),
          Date.range(~D[2020-02-01], ~D[2020-01-01], -2)
        ] ++
        [
          Version.parse!("1.2.3-rc.1+b"),
          URI.parse("http://a.b/c?d#e"),
          %RuntimeError{message: "x"},
          %KeyError{key: :a}
        ] ++
        [
          %ArgumentError{},
          %File.Stat{},
          %ErlangError{original: :x},
          {:error, %RuntimeError{message: "boom"}}
        ] ++
        [Version.parse_requirement!("~> 1.0").source],
      "struct"
    )
  end

  defp identities do
    far = fn bytes -> :erlang.binary_to_term(<<131, bytes::binary>>) end
    node = <<100, 0, 3, "a@b">>
    free = {1, "x", [:y]}

    label([self(), make_ref(), hd(Port.list()), :erlang.alias()], "identity") ++
      label(
        [
          fn x -> x end,
          fn -> free end,
          &{&1, free, self()},
          &String.length/1,
          Function.capture(:erlang, :"a b", 2),
          &Kernel.+/2
        ],
        "fun"
      ) ++
      label(
        [
          far.(<<88, node::binary, 5::32, 1::32, 9::32>>),
          far.(<<103, node::binary, 5::32, 1::32, 2>>)
        ] ++
          [
            far.(<<89, node::binary, 5::32, 9::32>>),
            far.(<<102, node::binary, 5::32, 2>>),
            far.(<<120, node::binary, 1::32, 5::32, 9::32>>)
          ] ++
          [
            far.(<<90, 3::16, node::binary, 9::32, 1::32, 2::32, 3::32>>),
            far.(<<114, 1::16, node::binary, 1, 7::32>>)
          ] ++
          [
            far.(<<101, node::binary, 7::32, 1>>),
            far.(<<90, 5::16, node::binary, 9::32, 1::32, 2::32, 3::32, 4::32, 5::32>>)
          ],
        "far"
      )
  end

  defp random do
    :rand.seed(:exsss, {1, 2, 3})
    label(for(_ <- 1..400, do: random_term(5)), "random")
  end

  defp random_term(depth) do
    case :rand.uniform(if depth > 0, do: 16, else: 8) do
      1 ->
        :rand.uniform(1000) - 500

      2 ->
        Integer.pow(:rand.uniform(1_000_000_000), :rand.uniform(5))

      3 ->
        (:rand.uniform() - 0.5) * :math.pow(10, :rand.uniform(40) - 20)

      4 ->
        Enum.random([:ok, :error, nil, true, Foo.Bar, :"with space", :a?, :+])

      5 ->
        :rand.bytes(:rand.uniform(12) - 1)

      6 ->
        String.duplicate(Enum.random(["héllo ", "text ", "\n", "q\"", "日"]), :rand.uniform(8))

      7 ->
        <<:rand.uniform(100)::size(7)>>

      8 ->
        Enum.map(1..:rand.uniform(6), fn _ -> 64 + :rand.uniform(60) end)

      n when n in 9..10 ->
        many(depth)

      n when n in 11..12 ->
        List.to_tuple(many(depth))

      13 ->
        for term <- many(depth), do: {Enum.random([:id, :name, :"a b", :x]), term}

      14 ->
        Map.new(many(depth), &{random_term(1), &1})

      15 ->
        Map.new(many(depth), &{Enum.random([:id, :name, :"a b", :x, :y, Foo]), &1})

      16 ->
        Enum.random([
          %EtfTerms.Point{x: random_term(depth - 1), y: 2},
          [random_term(depth - 1) | :tail],
          1..9,
          ~T[01:02:03]
        ])
    end
  end

  defp many(depth) do
    case :rand.uniform(8) - 1 do
      0 -> []
      n -> Enum.map(1..n, fn _ -> random_term(depth - 1) end)
    end
  end
end

[out | rest] = System.argv()
terms = EtfTerms.all()

content =
  for {label, term} <- terms do
    {label, EtfTerms.encodings(term), inspect(term), inspect(term, EtfTerms.pretty_options()),
     inspect(term, EtfTerms.short_options())}
  end

File.write!(out, :erlang.term_to_binary(content, [:compressed]))

with [answers] <- rest do
  IO.puts("written")
  IO.gets("")
  answers = answers |> File.read!() |> :erlang.binary_to_term()

  for {{label, term}, encodings} <- Enum.zip(terms, answers), encoding <- encodings do
    if :erlang.binary_to_term(encoding) !== term, do: IO.puts("different: #{label}")
  end

  IO.puts("checked #{length(answers)}")
end
