#include "embedded.h"

// EmbeddedFilesTests writes this file: POSTBACKS_WRITE_REFERENCE=1 ./Tests/run --filter EmbeddedFilesTests

static const uint8_t fixture_0[] = {
#embed "../../functions/backfillPostback/fixtures/success.json"
};
static const uint8_t fixture_1[] = {
#embed "../../functions/backfillPostback/fixtures/dry-run.json"
};
static const uint8_t fixture_2[] = {
#embed "../../functions/backfillPostback/fixtures/not-active.json"
};
static const uint8_t fixture_3[] = {
#embed "../../functions/backfillPostback/fixtures/unknown-postback.json"
};
static const uint8_t fixture_4[] = {
#embed "../../functions/configureAffiliate/fixtures/success.json"
};
static const uint8_t fixture_5[] = {
#embed "../../functions/configureAffiliate/fixtures/rename.json"
};
static const uint8_t fixture_6[] = {
#embed "../../functions/configureOffer/fixtures/success.json"
};
static const uint8_t fixture_7[] = {
#embed "../../functions/configureOffer/fixtures/goals-off.json"
};
static const uint8_t fixture_8[] = {
#embed "../../functions/configureOffer/fixtures/removed-goal.json"
};
static const uint8_t fixture_9[] = {
#embed "../../functions/configureOffer/fixtures/rename.json"
};
static const uint8_t fixture_10[] = {
#embed "../../functions/configureOffer/fixtures/turn-goals-off.json"
};
static const uint8_t fixture_11[] = {
#embed "../../functions/configureOffer/fixtures/turn-goals-on.json"
};
static const uint8_t fixture_12[] = {
#embed "../../functions/createPostback/fixtures/success.json"
};
static const uint8_t fixture_13[] = {
#embed "../../functions/createPostback/fixtures/forbidden-address.json"
};
static const uint8_t fixture_14[] = {
#embed "../../functions/createPostback/fixtures/goal-while-goals-are-off.json"
};
static const uint8_t fixture_15[] = {
#embed "../../functions/createPostback/fixtures/reused-key.json"
};
static const uint8_t fixture_16[] = {
#embed "../../functions/createPostback/fixtures/success-form.json"
};
static const uint8_t fixture_17[] = {
#embed "../../functions/createPostback/fixtures/success-json.json"
};
static const uint8_t fixture_18[] = {
#embed "../../functions/createPostback/fixtures/unknown-affiliate.json"
};
static const uint8_t fixture_19[] = {
#embed "../../functions/createPostback/fixtures/unknown-goal.json"
};
static const uint8_t fixture_20[] = {
#embed "../../functions/createPostback/fixtures/unknown-macro.json"
};
static const uint8_t fixture_21[] = {
#embed "../../functions/createPostback/fixtures/unknown-offer.json"
};
static const uint8_t fixture_22[] = {
#embed "../../functions/createPostback/fixtures/with-key.json"
};
static const uint8_t fixture_23[] = {
#embed "../../functions/deletePostback/fixtures/success.json"
};
static const uint8_t fixture_24[] = {
#embed "../../functions/deletePostback/fixtures/unknown-postback.json"
};
static const uint8_t fixture_25[] = {
#embed "../../functions/deliverPostback/fixtures/success.json"
};
static const uint8_t fixture_26[] = {
#embed "../../functions/deliverPostback/fixtures/forbidden-address.json"
};
static const uint8_t fixture_27[] = {
#embed "../../functions/deliverPostback/fixtures/missing-value.json"
};
static const uint8_t fixture_28[] = {
#embed "../../functions/deliverPostback/fixtures/nobody-there.json"
};
static const uint8_t fixture_29[] = {
#embed "../../functions/deliverPostback/fixtures/success-form.json"
};
static const uint8_t fixture_30[] = {
#embed "../../functions/deliverPostback/fixtures/success-json.json"
};
static const uint8_t fixture_31[] = {
#embed "../../functions/deliverPostback/fixtures/success-signed.json"
};
static const uint8_t fixture_32[] = {
#embed "../../functions/deliverPostback/fixtures/unsafe-header.json"
};
static const uint8_t fixture_33[] = {
#embed "../../functions/deliverPostback/fixtures/unsafe-url.json"
};
static const uint8_t fixture_34[] = {
#embed "../../functions/deliveryStatistics/fixtures/success.json"
};
static const uint8_t fixture_35[] = {
#embed "../../functions/deliveryStatistics/fixtures/by-postback.json"
};
static const uint8_t fixture_36[] = {
#embed "../../functions/deliveryStatistics/fixtures/unknown-postback.json"
};
static const uint8_t fixture_37[] = {
#embed "../../functions/explainConversion/fixtures/success.json"
};
static const uint8_t fixture_38[] = {
#embed "../../functions/explainConversion/fixtures/by-transaction.json"
};
static const uint8_t fixture_39[] = {
#embed "../../functions/explainConversion/fixtures/unknown-conversion.json"
};
static const uint8_t fixture_40[] = {
#embed "../../functions/listAffiliates/fixtures/success.json"
};
static const uint8_t fixture_41[] = {
#embed "../../functions/listAffiliates/fixtures/first-page.json"
};
static const uint8_t fixture_42[] = {
#embed "../../functions/listConversions/fixtures/success.json"
};
static const uint8_t fixture_43[] = {
#embed "../../functions/listConversions/fixtures/by-click.json"
};
static const uint8_t fixture_44[] = {
#embed "../../functions/listConversions/fixtures/by-status.json"
};
static const uint8_t fixture_45[] = {
#embed "../../functions/listConversions/fixtures/first-page.json"
};
static const uint8_t fixture_46[] = {
#embed "../../functions/listDeliveries/fixtures/success.json"
};
static const uint8_t fixture_47[] = {
#embed "../../functions/listDeliveries/fixtures/by-click.json"
};
static const uint8_t fixture_48[] = {
#embed "../../functions/listDeliveries/fixtures/first-page.json"
};
static const uint8_t fixture_49[] = {
#embed "../../functions/listDeliveries/fixtures/owed.json"
};
static const uint8_t fixture_50[] = {
#embed "../../functions/listDeliveries/fixtures/unknown-affiliate.json"
};
static const uint8_t fixture_51[] = {
#embed "../../functions/listOffers/fixtures/success.json"
};
static const uint8_t fixture_52[] = {
#embed "../../functions/listOffers/fixtures/first-page.json"
};
static const uint8_t fixture_53[] = {
#embed "../../functions/listPostbacks/fixtures/success.json"
};
static const uint8_t fixture_54[] = {
#embed "../../functions/listPostbacks/fixtures/by-destination.json"
};
static const uint8_t fixture_55[] = {
#embed "../../functions/listPostbacks/fixtures/by-goal.json"
};
static const uint8_t fixture_56[] = {
#embed "../../functions/listPostbacks/fixtures/first-page.json"
};
static const uint8_t fixture_57[] = {
#embed "../../functions/previewPostback/fixtures/success.json"
};
static const uint8_t fixture_58[] = {
#embed "../../functions/previewPostback/fixtures/forbidden-address.json"
};
static const uint8_t fixture_59[] = {
#embed "../../functions/previewPostback/fixtures/missing-value.json"
};
static const uint8_t fixture_60[] = {
#embed "../../functions/previewPostback/fixtures/success-new.json"
};
static const uint8_t fixture_61[] = {
#embed "../../functions/previewPostback/fixtures/unknown-conversion.json"
};
static const uint8_t fixture_62[] = {
#embed "../../functions/previewPostback/fixtures/unknown-postback.json"
};
static const uint8_t fixture_63[] = {
#embed "../../functions/recordConversion/fixtures/success.json"
};
static const uint8_t fixture_64[] = {
#embed "../../functions/recordConversion/fixtures/by-click.json"
};
static const uint8_t fixture_65[] = {
#embed "../../functions/recordConversion/fixtures/other-goal.json"
};
static const uint8_t fixture_66[] = {
#embed "../../functions/recordConversion/fixtures/repeat-with-other-payout.json"
};
static const uint8_t fixture_67[] = {
#embed "../../functions/recordConversion/fixtures/repeat.json"
};
static const uint8_t fixture_68[] = {
#embed "../../functions/recordConversion/fixtures/unknown-affiliate.json"
};
static const uint8_t fixture_69[] = {
#embed "../../functions/recordConversion/fixtures/unknown-goal.json"
};
static const uint8_t fixture_70[] = {
#embed "../../functions/recordConversion/fixtures/unknown-offer.json"
};
static const uint8_t fixture_71[] = {
#embed "../../functions/redactConversion/fixtures/success.json"
};
static const uint8_t fixture_72[] = {
#embed "../../functions/redactConversion/fixtures/unknown-conversion.json"
};
static const uint8_t fixture_73[] = {
#embed "../../functions/resendDeliveries/fixtures/success.json"
};
static const uint8_t fixture_74[] = {
#embed "../../functions/resendDeliveries/fixtures/by-id.json"
};
static const uint8_t fixture_75[] = {
#embed "../../functions/resendDeliveries/fixtures/dry-run.json"
};
static const uint8_t fixture_76[] = {
#embed "../../functions/resendDeliveries/fixtures/unknown-delivery.json"
};
static const uint8_t fixture_77[] = {
#embed "../../functions/showHealth/fixtures/success.json"
};
static const uint8_t fixture_78[] = {
#embed "../../functions/updateConversionStatus/fixtures/success.json"
};
static const uint8_t fixture_79[] = {
#embed "../../functions/updateConversionStatus/fixtures/ambiguous-click.json"
};
static const uint8_t fixture_80[] = {
#embed "../../functions/updateConversionStatus/fixtures/back-to-pending.json"
};
static const uint8_t fixture_81[] = {
#embed "../../functions/updateConversionStatus/fixtures/other-goal-done.json"
};
static const uint8_t fixture_82[] = {
#embed "../../functions/updateConversionStatus/fixtures/other-goal-rejected.json"
};
static const uint8_t fixture_83[] = {
#embed "../../functions/updateConversionStatus/fixtures/other-goal.json"
};
static const uint8_t fixture_84[] = {
#embed "../../functions/updateConversionStatus/fixtures/rejected.json"
};
static const uint8_t fixture_85[] = {
#embed "../../functions/updateConversionStatus/fixtures/repeat.json"
};
static const uint8_t fixture_86[] = {
#embed "../../functions/updateConversionStatus/fixtures/unexpected-status.json"
};
static const uint8_t fixture_87[] = {
#embed "../../functions/updateConversionStatus/fixtures/unknown-conversion.json"
};
static const uint8_t fixture_88[] = {
#embed "../../functions/updatePostback/fixtures/success.json"
};
static const uint8_t fixture_89[] = {
#embed "../../functions/updatePostback/fixtures/clear.json"
};
static const uint8_t fixture_90[] = {
#embed "../../functions/updatePostback/fixtures/forbidden-address.json"
};
static const uint8_t fixture_91[] = {
#embed "../../functions/updatePostback/fixtures/goal-while-goals-are-off.json"
};
static const uint8_t fixture_92[] = {
#embed "../../functions/updatePostback/fixtures/turn-on.json"
};
static const uint8_t fixture_93[] = {
#embed "../../functions/updatePostback/fixtures/unknown-goal.json"
};
static const uint8_t fixture_94[] = {
#embed "../../functions/updatePostback/fixtures/unknown-macro.json"
};
static const uint8_t fixture_95[] = {
#embed "../../functions/updatePostback/fixtures/unknown-postback.json"
};

static const struct embedded_file files[] = {
    {"backfillPostback/success", fixture_0, sizeof fixture_0},
    {"backfillPostback/dry-run", fixture_1, sizeof fixture_1},
    {"backfillPostback/not-active", fixture_2, sizeof fixture_2},
    {"backfillPostback/unknown-postback", fixture_3, sizeof fixture_3},
    {"configureAffiliate/success", fixture_4, sizeof fixture_4},
    {"configureAffiliate/rename", fixture_5, sizeof fixture_5},
    {"configureOffer/success", fixture_6, sizeof fixture_6},
    {"configureOffer/goals-off", fixture_7, sizeof fixture_7},
    {"configureOffer/removed-goal", fixture_8, sizeof fixture_8},
    {"configureOffer/rename", fixture_9, sizeof fixture_9},
    {"configureOffer/turn-goals-off", fixture_10, sizeof fixture_10},
    {"configureOffer/turn-goals-on", fixture_11, sizeof fixture_11},
    {"createPostback/success", fixture_12, sizeof fixture_12},
    {"createPostback/forbidden-address", fixture_13, sizeof fixture_13},
    {"createPostback/goal-while-goals-are-off", fixture_14, sizeof fixture_14},
    {"createPostback/reused-key", fixture_15, sizeof fixture_15},
    {"createPostback/success-form", fixture_16, sizeof fixture_16},
    {"createPostback/success-json", fixture_17, sizeof fixture_17},
    {"createPostback/unknown-affiliate", fixture_18, sizeof fixture_18},
    {"createPostback/unknown-goal", fixture_19, sizeof fixture_19},
    {"createPostback/unknown-macro", fixture_20, sizeof fixture_20},
    {"createPostback/unknown-offer", fixture_21, sizeof fixture_21},
    {"createPostback/with-key", fixture_22, sizeof fixture_22},
    {"deletePostback/success", fixture_23, sizeof fixture_23},
    {"deletePostback/unknown-postback", fixture_24, sizeof fixture_24},
    {"deliverPostback/success", fixture_25, sizeof fixture_25},
    {"deliverPostback/forbidden-address", fixture_26, sizeof fixture_26},
    {"deliverPostback/missing-value", fixture_27, sizeof fixture_27},
    {"deliverPostback/nobody-there", fixture_28, sizeof fixture_28},
    {"deliverPostback/success-form", fixture_29, sizeof fixture_29},
    {"deliverPostback/success-json", fixture_30, sizeof fixture_30},
    {"deliverPostback/success-signed", fixture_31, sizeof fixture_31},
    {"deliverPostback/unsafe-header", fixture_32, sizeof fixture_32},
    {"deliverPostback/unsafe-url", fixture_33, sizeof fixture_33},
    {"deliveryStatistics/success", fixture_34, sizeof fixture_34},
    {"deliveryStatistics/by-postback", fixture_35, sizeof fixture_35},
    {"deliveryStatistics/unknown-postback", fixture_36, sizeof fixture_36},
    {"explainConversion/success", fixture_37, sizeof fixture_37},
    {"explainConversion/by-transaction", fixture_38, sizeof fixture_38},
    {"explainConversion/unknown-conversion", fixture_39, sizeof fixture_39},
    {"listAffiliates/success", fixture_40, sizeof fixture_40},
    {"listAffiliates/first-page", fixture_41, sizeof fixture_41},
    {"listConversions/success", fixture_42, sizeof fixture_42},
    {"listConversions/by-click", fixture_43, sizeof fixture_43},
    {"listConversions/by-status", fixture_44, sizeof fixture_44},
    {"listConversions/first-page", fixture_45, sizeof fixture_45},
    {"listDeliveries/success", fixture_46, sizeof fixture_46},
    {"listDeliveries/by-click", fixture_47, sizeof fixture_47},
    {"listDeliveries/first-page", fixture_48, sizeof fixture_48},
    {"listDeliveries/owed", fixture_49, sizeof fixture_49},
    {"listDeliveries/unknown-affiliate", fixture_50, sizeof fixture_50},
    {"listOffers/success", fixture_51, sizeof fixture_51},
    {"listOffers/first-page", fixture_52, sizeof fixture_52},
    {"listPostbacks/success", fixture_53, sizeof fixture_53},
    {"listPostbacks/by-destination", fixture_54, sizeof fixture_54},
    {"listPostbacks/by-goal", fixture_55, sizeof fixture_55},
    {"listPostbacks/first-page", fixture_56, sizeof fixture_56},
    {"previewPostback/success", fixture_57, sizeof fixture_57},
    {"previewPostback/forbidden-address", fixture_58, sizeof fixture_58},
    {"previewPostback/missing-value", fixture_59, sizeof fixture_59},
    {"previewPostback/success-new", fixture_60, sizeof fixture_60},
    {"previewPostback/unknown-conversion", fixture_61, sizeof fixture_61},
    {"previewPostback/unknown-postback", fixture_62, sizeof fixture_62},
    {"recordConversion/success", fixture_63, sizeof fixture_63},
    {"recordConversion/by-click", fixture_64, sizeof fixture_64},
    {"recordConversion/other-goal", fixture_65, sizeof fixture_65},
    {"recordConversion/repeat-with-other-payout", fixture_66, sizeof fixture_66},
    {"recordConversion/repeat", fixture_67, sizeof fixture_67},
    {"recordConversion/unknown-affiliate", fixture_68, sizeof fixture_68},
    {"recordConversion/unknown-goal", fixture_69, sizeof fixture_69},
    {"recordConversion/unknown-offer", fixture_70, sizeof fixture_70},
    {"redactConversion/success", fixture_71, sizeof fixture_71},
    {"redactConversion/unknown-conversion", fixture_72, sizeof fixture_72},
    {"resendDeliveries/success", fixture_73, sizeof fixture_73},
    {"resendDeliveries/by-id", fixture_74, sizeof fixture_74},
    {"resendDeliveries/dry-run", fixture_75, sizeof fixture_75},
    {"resendDeliveries/unknown-delivery", fixture_76, sizeof fixture_76},
    {"showHealth/success", fixture_77, sizeof fixture_77},
    {"updateConversionStatus/success", fixture_78, sizeof fixture_78},
    {"updateConversionStatus/ambiguous-click", fixture_79, sizeof fixture_79},
    {"updateConversionStatus/back-to-pending", fixture_80, sizeof fixture_80},
    {"updateConversionStatus/other-goal-done", fixture_81, sizeof fixture_81},
    {"updateConversionStatus/other-goal-rejected", fixture_82, sizeof fixture_82},
    {"updateConversionStatus/other-goal", fixture_83, sizeof fixture_83},
    {"updateConversionStatus/rejected", fixture_84, sizeof fixture_84},
    {"updateConversionStatus/repeat", fixture_85, sizeof fixture_85},
    {"updateConversionStatus/unexpected-status", fixture_86, sizeof fixture_86},
    {"updateConversionStatus/unknown-conversion", fixture_87, sizeof fixture_87},
    {"updatePostback/success", fixture_88, sizeof fixture_88},
    {"updatePostback/clear", fixture_89, sizeof fixture_89},
    {"updatePostback/forbidden-address", fixture_90, sizeof fixture_90},
    {"updatePostback/goal-while-goals-are-off", fixture_91, sizeof fixture_91},
    {"updatePostback/turn-on", fixture_92, sizeof fixture_92},
    {"updatePostback/unknown-goal", fixture_93, sizeof fixture_93},
    {"updatePostback/unknown-macro", fixture_94, sizeof fixture_94},
    {"updatePostback/unknown-postback", fixture_95, sizeof fixture_95},
    {0, 0, 0},
};

// The entry without a name ends the list, which may be empty.
size_t fixture_count(void) { return sizeof files / sizeof *files - 1; }
struct embedded_file fixture(size_t index) { return files[index]; }
