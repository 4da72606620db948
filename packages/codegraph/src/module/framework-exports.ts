// What an `import` of a framework's module brings, from their documentation. Module, functions, macros;
// written like known-exports.data.ts. All releases together: a name that is gone does no harm.

const VERBS = "get post put patch delete options head connect trace".split(" ");
const forEach = (names: readonly string[], arities: string): string =>
  names.map((name) => `${name}/${arities}`).join(" ");
const INPUTS =
  "text_input email_input password_input number_input hidden_input textarea checkbox date_input time_input datetime_local_input file_input url_input search_input telephone_input color_input range_input date_select time_select datetime_select".split(
    " ",
  );

export const FRAMEWORK_EXPORTS: readonly (readonly [string, string, string])[] = [
  [
    "Ecto",
    "assoc/2,3 build_assoc/2,3 assoc_loaded?/1 get_meta/2 put_meta/2 primary_key/1 primary_key!/1 reset_fields/2 embedded_load/3 embedded_dump/2",
    "",
  ],
  [
    "Ecto.Query",
    "exclude/2 first/1,2 last/1,2 reverse_order/1 subquery/1,2 has_named_binding?/2 with_named_binding/3 put_query_prefix/2 recursive_ctes/2",
    "from/1,2 where/2,3 or_where/2,3 select/2,3 select_merge/2,3 join/3,4,5 order_by/2,3 prepend_order_by/2,3 group_by/2,3 having/2,3 or_having/2,3 limit/2,3 offset/2,3 lock/2,3 preload/2,3 distinct/2,3 dynamic/1,2 update/2,3 windows/2,3 with_cte/3 with_ties/2,3 union/2 union_all/2 except/2 except_all/2 intersect/2 intersect_all/2",
  ],
  [
    "Ecto.Changeset",
    "cast/3,4 cast_assoc/2,3 cast_embed/2,3 change/1,2 put_change/3 force_change/3 get_change/2,3 get_field/2,3 get_assoc/2,3 get_embed/2,3 fetch_change/2 fetch_change!/2 fetch_field/2 fetch_field!/2 field_missing?/2 delete_change/2 update_change/3 merge/2 put_assoc/3,4 put_embed/3,4 add_error/3,4 apply_changes/1 apply_action/2 apply_action!/2 changed?/2,3 validate_required/2,3 validate_format/3,4 validate_length/3 validate_inclusion/3,4 validate_exclusion/3,4 validate_subset/3,4 validate_number/3 validate_confirmation/2,3 validate_acceptance/2,3 validate_change/3,4 unsafe_validate_unique/3,4 unique_constraint/2,3 foreign_key_constraint/2,3 check_constraint/2,3 exclusion_constraint/2,3 no_assoc_constraint/2,3 assoc_constraint/2,3 optimistic_lock/2,3 prepare_changes/2 traverse_errors/2 traverse_validations/2 validations/1 constraints/1 empty_values/0",
    "",
  ],
  [
    "Ecto.Schema",
    "",
    "schema/2 embedded_schema/1 field/1,2,3 timestamps/0,1 has_many/2,3 has_one/2,3 belongs_to/2,3 many_to_many/2,3 embeds_one/2,3,4 embeds_many/2,3,4",
  ],
  [
    "Ecto.Migration",
    "create/1 create_if_not_exists/1 drop/1,2 drop_if_exists/1,2 table/1,2 index/2,3 unique_index/2,3 constraint/2,3 add/2,3 add_if_not_exists/2,3 modify/2,3 remove/1,2,3 remove_if_exists/1,2 references/1,2 timestamps/0,1 execute/1,2 execute_file/1,2 fragment/1 flush/0 rename/2,3 repo/0 prefix/0 direction/0",
    "create/2 create_if_not_exists/2 alter/2",
  ],
  [
    "Plug.Conn",
    "assign/3 merge_assigns/2 async_assign/3 await_assign/2,3 put_status/2 get_req_header/2 put_req_header/3 prepend_req_headers/2 merge_req_headers/2 delete_req_header/2 update_req_header/4 get_resp_header/2 put_resp_header/3 prepend_resp_headers/2 merge_resp_headers/2 delete_resp_header/2 update_resp_header/4 put_resp_content_type/2,3 put_resp_cookie/3,4 delete_resp_cookie/2,3 fetch_cookies/1,2 get_cookies/1 send_resp/1,3 resp/3 send_file/3,4,5 send_chunked/2 chunk/2 halt/1 fetch_query_params/1,2 read_body/1,2 read_part_headers/1,2 read_part_body/2 fetch_session/1,2 get_session/1,2,3 put_session/3 delete_session/2 clear_session/1 configure_session/2 put_private/3 merge_private/2 register_before_send/2 inform/2,3 inform!/2,3 upgrade_adapter/3 request_url/1 get_peer_data/1 get_http_protocol/1 get_sock_data/1 get_ssl_data/1",
    "",
  ],
  ["Plug.Builder", "", "plug/1,2 builder_opts/0"],
  [
    "Plug.Router",
    "match_path/1",
    `${forEach(["get", "post", "put", "patch", "delete", "options", "head"], "2,3")} match/1,2,3 forward/2`,
  ],
  [
    "Plug.Test",
    "conn/2,3 init_test_session/2 put_req_cookie/3 delete_req_cookie/2 recycle_cookies/2 put_http_protocol/2 put_peer_data/2 sent_resp/1 sent_informs/1",
    "",
  ],
  [
    "Phoenix.Controller",
    "action_name/1 controller_module/1 router_module/1 endpoint_module/1 view_module/1,2 view_template/1 json/2 text/2 html/2 allow_jsonp/1,2 redirect/2 render/2,3,4 put_view/2 put_new_view/2 put_layout/2 put_new_layout/2 put_root_layout/2 put_layout_formats/2 layout/1,2 layout_formats/1 root_layout/1,2 put_format/2 get_format/1 accepts/2 put_flash/3 get_flash/1,2 fetch_flash/1,2 clear_flash/1 merge_flash/2 protect_from_forgery/1,2 put_secure_browser_headers/1,2 get_csrf_token/0 delete_csrf_token/0 send_download/2,3 scrub_params/2 status_message_from_template/1 current_path/1,2 current_url/1,2 put_router_url/2 put_static_url/2 assign/2",
    "action_fallback/1",
  ],
  ["Phoenix.Controller.Pipeline", "", "plug/1,2"],
  [
    "Phoenix.Router",
    "scoped_alias/2 scoped_path/2 route_info/4 routes/1",
    `${forEach(VERBS, "3,4")} match/4,5 resources/2,3,4 pipeline/2 pipe_through/1 plug/1,2 scope/2,3,4 forward/2,3,4`,
  ],
  [
    "Phoenix.Component",
    "assign/2,3 assign_new/3 update/3 to_form/1,2 changed?/2 assigns_to_attributes/1,2 live_flash/2 used_input?/1 upload_errors/1,2 link/1 form/1 inputs_for/1 live_component/1 live_img_preview/1 live_title/1 live_file_input/1 focus_wrap/1 dynamic_tag/1 async_result/1 intersperse/1 portal/1 live_render/2,3",
    "sigil_H/2 attr/2,3 slot/1,2,3 render_slot/1,2 embed_templates/1,2",
  ],
  [
    "Phoenix.LiveView",
    "assign_async/3,4 start_async/3,4 cancel_async/2,3 allow_upload/3 disallow_upload/2 cancel_upload/3 consume_uploaded_entries/3 consume_uploaded_entry/3 uploaded_entries/2 attach_hook/4 detach_hook/3 connected?/1 get_connect_info/2 get_connect_params/1 push_event/3 push_navigate/2 push_patch/2 push_redirect/2 redirect/2 put_flash/3 clear_flash/1,2 put_private/3 render_with/2 send_update/2,3 send_update_after/3,4 static_changed?/1 stream/3,4 stream_insert/3,4 stream_delete/3 stream_delete_by_dom_id/3 stream_configure/3 stream_async/3,4 transport_pid/1",
    "on_mount/1",
  ],
  [
    "Phoenix.LiveView.Helpers",
    "live_patch/1,2 live_redirect/1,2 live_component/2,3 form/1 live_render/2,3 live_title_tag/1,2 live_flash/2",
    "sigil_L/2 sigil_H/2 live_component/1 render_block/1,2",
  ],
  ["Phoenix.LiveView.Router", "fetch_live_flash/1,2", "live/2,3,4 live_session/2,3"],
  [
    "Phoenix.Channel",
    "broadcast/3 broadcast!/3 broadcast_from/3 broadcast_from!/3 push/3 reply/2 socket_ref/1",
    "intercept/1",
  ],
  ["Phoenix.Socket", "assign/2,3", "channel/2,3 transport/2,3"],
  ["Phoenix.Endpoint", "", "socket/2,3 plug/1,2"],
  [
    "Phoenix.HTML",
    "raw/1 html_escape/1 safe_to_string/1 attributes_escape/1 javascript_escape/1 css_escape/1",
    "sigil_E/2 sigil_e/2",
  ],
  [
    "Phoenix.HTML.Form",
    `${forEach(INPUTS, "2,3")} form_for/2,3,4 inputs_for/2,3,4 select/3,4 multiple_select/3,4 radio_button/3,4 label/1,2,3,4 submit/1,2 reset/1,2 input_value/2 input_id/2,3 input_name/2 input_type/2,3 input_validations/2 humanize/1 options_for_select/2 normalize_value/2 hidden_inputs_for/1`,
    "",
  ],
  ["Phoenix.HTML.Link", "link/1,2 button/1,2", ""],
  [
    "Phoenix.HTML.Tag",
    "tag/1,2 content_tag/2,3 img_tag/1,2 csrf_meta_tag/0,1 csrf_input_tag/1,2 csrf_token_value/0,1 form_tag/1,2,3",
    "",
  ],
  [
    "Phoenix.View",
    "render/3 render_many/3,4 render_one/3,4 render_existing/2,3 render_layout/3,4 render_to_iodata/3 render_to_string/3",
    "",
  ],
  [
    "Phoenix.VerifiedRoutes",
    "unverified_path/3,4 unverified_url/2,3",
    "path/2,3 url/1,2,3 sigil_p/2 static_path/2 static_url/2",
  ],
  [
    "Phoenix.ConnTest",
    "build_conn/0,1,2,3 html_response/2 json_response/2 text_response/2 response/2 response_content_type/2 redirected_to/1,2 redirected_params/1,2 recycle/1,2 ensure_recycled/1 put_req_cookie/3 delete_req_cookie/2 fetch_flash/1 put_flash/3 clear_flash/1 init_test_session/2 bypass_through/1,2,3 path_params/2 assert_error_sent/2 dispatch/3,4,5",
    forEach(VERBS, "2,3"),
  ],
  [
    "Phoenix.ChannelTest",
    "subscribe_and_join/2,3,4 subscribe_and_join!/2,3,4 join/2,3,4 push/2,3 leave/1 close/1,2 broadcast_from/3 broadcast_from!/3",
    "connect/2,3 socket/0,1,2,3 assert_push/2,3 refute_push/2,3 assert_reply/2,3,4 refute_reply/2,3,4 assert_broadcast/2,3 refute_broadcast/2,3",
  ],
  [
    "Gettext.Macros",
    "",
    "gettext/1,2 ngettext/3,4 dgettext/2,3 dngettext/4,5 pgettext/2,3 dpgettext/3,4 pngettext/4,5 dpngettext/5,6 gettext_noop/1 dgettext_noop/2 ngettext_noop/2 dngettext_noop/3 gettext_comment/1",
  ],
  [
    "Mox",
    "defmock/2 expect/3,4 stub/3 stub_with/2 deny/3 allow/3 verify!/0,1 verify_on_exit!/0,1 set_mox_global/0,1 set_mox_private/0,1 set_mox_from_context/1",
    "",
  ],
  ["ExUnitProperties", "", "property/1,2,3 check/1,2 gen/1,2 pick/1 all/1"],
  [
    "StreamData",
    "constant/1 integer/0,1 positive_integer/0 non_negative_integer/0 float/0,1 boolean/0 binary/0,1 bitstring/0,1 string/1,2 atom/1 iolist/0 iodata/0 term/0 list_of/1,2 nonempty/1 uniq_list_of/1,2 map_of/2,3 fixed_map/1 fixed_list/1 optional_map/1,2 keyword_of/1 mapset_of/1,2 tuple/1 one_of/1 member_of/1 frequency/1 tree/2 map/2 bind/2 filter/2,3 resize/2 scale/2 sized/1 unshrinkable/1 bind_filter/2,3 repeatedly/1 chardata/0 byte/0 codepoint/0,1",
    "",
  ],
];
